// Tells the server this browser's timezone, so that times are the viewer's own.

import { recall, remember } from "./cookies.js";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && recall("tz") !== zone) remember("tz", zone);
