// What pages do more where scripts run. Everything works without it.
"use strict";

// A slider beside the day on which a record is shown, from its first day to today.
for (const form of document.querySelectorAll("form[data-slider]")) {
  const day = form.querySelector("input[type=date]");
  const first = Date.parse(day.min), last = Date.parse(day.max), length = 86400000;
  if (!(last > first)) continue;
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = 0;
  slider.max = Math.round((last - first) / length);
  slider.value = day.value ? Math.round((Date.parse(day.value) - first) / length) : slider.max;
  slider.setAttribute("aria-label", "The day, from the first that is known to today");
  let resting = 0;
  slider.addEventListener("input", () => {
    clearTimeout(resting);
    day.value = new Date(first + slider.value * length).toISOString().slice(0, 10);
    slider.setAttribute("aria-valuetext", day.value);
  });
  // By keys a slider changes at each step: the page is asked for once it rests.
  slider.addEventListener("change", () => {
    clearTimeout(resting);
    resting = setTimeout(() => form.requestSubmit(), 600);
  });
  const field = document.createElement("div");
  field.className = "field slider";
  field.append(slider);
  form.prepend(field);
  if (location.hash === "#asof") addEventListener("load", () => setTimeout(() => slider.focus({ preventScroll: true })));
}

// What a subscription would have sent, while its form is filled in: asked anew when a field was changed and the next
// is not yet, so that of a form that is filled in quickly, or sent, nothing is asked in vain.
for (const form of document.querySelectorAll("form[data-preview]")) {
  let asked = null, resting = 0;
  const stop = () => {
    clearTimeout(resting);
    asked?.abort();
  };
  const ask = async () => {
    asked = new AbortController();
    try {
      const headers = { "x-preview": "live" };
      const reply = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), headers, signal: asked.signal });
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const found = page.getElementById("backtest");
      if (reply.ok && found) document.getElementById("backtest").replaceChildren(...found.childNodes);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };
  form.addEventListener("change", () => {
    stop();
    resting = setTimeout(ask, 300);
  });
  form.addEventListener("submit", stop);
}
