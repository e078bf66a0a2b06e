// A row of tabs that is too narrow for all of them begins where the page itself is.

const current = document.querySelector(".settings > nav [aria-current]");
current?.scrollIntoView({ block: "nearest", inline: "center" });
