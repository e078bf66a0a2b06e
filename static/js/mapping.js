// The page of an import's columns says at once what a choice does: how a column is matched, how many
// are, and which two are one field. The server says the same when the page is sent.

const form = document.getElementById("mapping");
const counts = document.getElementById("mapping-counts");
const company = document.querySelector("[name=import_company_fields]");
const rows = [...(form?.querySelectorAll("tbody tr") ?? [])].map((row) => ({
  row,
  select: row.querySelector("select"),
  match: row.querySelector(".match"),
  words: row.querySelector(".match-words"),
}));

// What the page has come with, where a column is as it was.
for (const each of rows) {
  each.first = {
    value: each.select.value,
    words: each.words.textContent,
    bars: /is-(\d)/.exec(each.match.className)[1],
    wasTaken: !each.row.matches(".is-not-taken"),
  };
}

const isCompanys = (value) => value.startsWith("company") && value !== "companyName";

function stateOf({ select, first }) {
  if (!select.value) return ["left-out", "Left out", 0];
  if (isCompanys(select.value) && !company.checked) return ["not-taken", "Not imported", 0];
  if (select.value === first.value && first.wasTaken) return ["matched", first.words, first.bars];
  return ["matched", "Your choice", 3];
}

function show() {
  const total = { matched: 0, "left-out": 0, "not-taken": 0 };
  const chosen = rows.map(({ select }) => select.value);
  rows.forEach((each, place) => {
    const [state, words, bars] = stateOf(each);
    total[state] += 1;
    each.row.className = `is-${state}`;
    each.match.className = `match is-${bars}`;
    each.words.textContent = words;
    const value = chosen[place];
    const isNew = value.startsWith("new:");
    const isTwice = value && !isNew && chosen.filter((one) => one === value).length > 1;
    tell(each.select, isTwice ? each.select.selectedOptions[0].textContent : "");
  });
  const more = total["not-taken"] ? `, ${total["not-taken"]} not imported` : "";
  counts.textContent = `${total.matched} matched, ${total["left-out"]} left out${more}`;
}

function tell(select, field) {
  select.parentElement.querySelector(".field-error.is-twice")?.remove();
  if (!field) return;
  const error = document.createElement("span");
  error.className = "field-error is-twice";
  error.textContent = `Two columns are ${field}. Choose one of them.`;
  select.after(error);
}

if (rows.length) {
  form.addEventListener("change", (event) => {
    // What the server said of this column was said of another choice.
    for (const error of event.target.parentElement.querySelectorAll(".field-error")) error.remove();
    show();
  });
  company.addEventListener("change", show);
}
