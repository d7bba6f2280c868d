// What pages do more where scripts run. Everything works without it.
"use strict";
