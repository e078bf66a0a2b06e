// Everything here makes a working page smoother; no page needs it.
// Modules listen on the document, so what htmx swaps in later works too.

import "./combobox.js";
import "./copy.js";
import "./enrichment.js";
import "./facts.js";
import "./filters.js";
import "./history.js";
import "./live.js";
import "./mapping.js";
import "./menus.js";
import "./panel.js";
import "./password.js";
import "./player.js";
import "./rail.js";
import "./rows.js";
import "./tabs.js";
import "./theme.js";
import "./timezone.js";
import "./toast.js";
import "./tokens.js";
