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
  slider.addEventListener("input", () => {
    day.value = new Date(first + slider.value * length).toISOString().slice(0, 10);
    slider.setAttribute("aria-valuetext", day.value);
  });
  slider.addEventListener("change", () => form.requestSubmit());
  const field = document.createElement("div");
  field.className = "field slider";
  field.append(slider);
  form.prepend(field);
}

// What a subscription would have sent, while its form is filled in: asked anew when a field was changed.
for (const form of document.querySelectorAll("form[data-preview]")) {
  let asked = null;
  form.addEventListener("change", async () => {
    asked?.abort();
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
  });
}
