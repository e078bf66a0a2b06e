// A row of tabs that is too narrow for all of them begins where the page itself is.

const rows = ".settings > nav, .import-tabs";
const current = document.querySelector(`:is(${rows}) [aria-current]`);
current?.scrollIntoView({ block: "nearest", inline: "center" });
