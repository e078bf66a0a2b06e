// A recording: play, seek in the waveform, speed, the turn that is being said. Without this the
// browser's own <audio controls> plays it.

import { hasModifier } from "./filters.js";

const SEEK = 5; // seconds an arrow key moves
const PLAYER = "[data-player]";
const parts = (player, name) => player.querySelector(`[data-${name}]`);
const audioOf = (player) => player.querySelector("audio");

export const isBusy = (card) => {
  const audio = card.querySelector("audio");
  return Boolean(audio && (!audio.paused || (audio.currentTime > 0 && !audio.ended)));
};

function clock(seconds) {
  const whole = Math.floor(seconds);
  const rest = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

function length(player) {
  const { duration } = audioOf(player);
  return Number.isFinite(duration) && duration > 0 ? duration : Number(player.dataset.duration) || 0;
}

function draw(player) {
  const audio = audioOf(player);
  const total = length(player);
  const now = Math.min(audio.currentTime, total || audio.currentTime);
  const share = total ? now / total : 0;
  const slider = parts(player, "seek-bar");
  const width = Number(slider.dataset.width);
  parts(player, "played").setAttribute("width", (share * width).toFixed(1));
  const head = parts(player, "head");
  head.setAttribute("x1", (share * width).toFixed(1));
  head.setAttribute("x2", (share * width).toFixed(1));
  parts(player, "now").textContent = clock(now);
  slider.setAttribute("aria-valuemax", String(Math.round(total)));
  slider.setAttribute("aria-valuenow", String(Math.round(now)));
  slider.setAttribute("aria-valuetext", `${clock(now)} of ${clock(total)}`);
  markTurn(player, now, now > 0);
}

function markTurn(player, now, started) {
  const turns = player.closest("[data-call]")?.querySelectorAll("[data-start]") ?? [];
  let current = null;
  for (const turn of turns) {
    if (started && Number(turn.dataset.start) <= now) current = turn;
  }
  for (const turn of turns) turn.classList.toggle("is-now", turn === current);
}

function seek(player, seconds) {
  const audio = audioOf(player);
  const to = Math.max(0, Math.min(seconds, length(player)));
  if (audio.readyState > 0) {
    audio.currentTime = to;
    draw(player);
  } else {
    audio.addEventListener(
      "loadedmetadata",
      () => {
        audio.currentTime = to;
        draw(player);
      },
      { once: true },
    );
    audio.preload = "metadata";
    audio.load();
  }
}

function toggle(player) {
  const audio = audioOf(player);
  if (audio.paused) audio.play().catch(() => fail(player));
  else audio.pause();
}

function fail(player) {
  parts(player, "problem").hidden = false;
}

function showState(player) {
  const audio = audioOf(player);
  const button = parts(player, "toggle");
  button.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
  button.querySelector("use").setAttribute("href", audio.paused ? "#i-play" : "#i-playing");
}

document.addEventListener("click", (event) => {
  const player = event.target.closest(PLAYER);
  if (player && event.target.closest("[data-toggle]")) toggle(player);
  const bar = event.target.closest("[data-seek-bar]");
  if (bar) {
    const box = bar.getBoundingClientRect();
    seek(player, ((event.clientX - box.left) / box.width) * length(player));
  }
  const moment = event.target.closest("[data-seek]");
  if (moment && event.button === 0 && !hasModifier(event)) {
    const of = moment.closest("[data-call]")?.querySelector(PLAYER);
    if (!of) return;
    event.preventDefault();
    seek(of, Number(moment.dataset.seek));
    audioOf(of)
      .play()
      .catch(() => fail(of));
  }
});

// Words that prove a value lead to the moment they were said in, where the call is at hand.
document.addEventListener("click", (event) => {
  const moment = event.target.closest("[data-moment]");
  if (!moment || event.button !== 0 || hasModifier(event)) return;
  const card = document.getElementById(`call-${moment.dataset.moment}`);
  const player = card?.querySelector(PLAYER);
  if (!player || moment.dataset.seconds === undefined) return;
  event.preventDefault();
  card.scrollIntoView({ block: "nearest" });
  seek(player, Number(moment.dataset.seconds));
  audioOf(player)
    .play()
    .catch(() => fail(player));
});

document.addEventListener("keydown", (event) => {
  const bar = event.target.closest("[data-seek-bar]");
  if (!bar || hasModifier(event)) return;
  const player = bar.closest(PLAYER);
  const now = audioOf(player).currentTime;
  const moves = {
    ArrowRight: now + SEEK,
    ArrowUp: now + SEEK,
    ArrowLeft: now - SEEK,
    ArrowDown: now - SEEK,
    PageUp: now + 6 * SEEK,
    PageDown: now - 6 * SEEK,
    Home: 0,
    End: length(player),
  };
  if (event.key in moves) seek(player, moves[event.key]);
  else if (event.key === " ") toggle(player);
  else return;
  event.preventDefault();
});

document.addEventListener("change", (event) => {
  const select = event.target.closest("[data-speed]");
  if (select) audioOf(select.closest(PLAYER)).playbackRate = Number(select.value);
});

// Media events do not bubble; capturing on the document still sees them.
function onMedia(type, act) {
  document.addEventListener(
    type,
    (event) => {
      const player = event.target.closest?.(PLAYER);
      if (player) act(player, event.target);
    },
    true,
  );
}

onMedia("play", (player, audio) => {
  for (const other of document.querySelectorAll(`${PLAYER} audio`)) {
    if (other !== audio) other.pause();
  }
  audio.playbackRate = Number(parts(player, "speed").value);
  showState(player);
});
onMedia("pause", showState);
onMedia("ended", showState);
onMedia("timeupdate", draw);
onMedia("error", fail);

// The browser's own controls step aside for ours.
export function enhance(root) {
  for (const player of root.querySelectorAll(PLAYER)) {
    audioOf(player).controls = false;
    player.classList.add("is-enhanced");
    if (player.dataset.at) begin(player, Number(player.dataset.at));
  }
}

// An address that names a turn begins there.
function showMoment() {
  const turn = location.hash.includes("-turn-") && document.getElementById(location.hash.slice(1));
  const player = turn && turn.closest("[data-call]")?.querySelector(PLAYER);
  if (player && turn.dataset.start) begin(player, Number(turn.dataset.start));
}

// Nothing is loaded before somebody plays it: until then the audio only knows where to begin.
function begin(player, seconds) {
  const audio = audioOf(player);
  if (audio.readyState > 0 || audio.currentTime > 0) return;
  audio.currentTime = seconds;
  draw(player);
  showTurn(player);
}

// Only what scrolls by itself is moved, never the page around it.
function showTurn(player) {
  const turn = player.closest("[data-call]")?.querySelector(".turn.is-now");
  const scroller = turn?.closest(".panel-content, .scroller");
  if (!scroller) return;
  const [box, view] = [turn.getBoundingClientRect(), scroller.getBoundingClientRect()];
  scroller.scrollTop += box.top - view.top - (view.height - box.height) / 2;
}

// A panel that was just opened begins at its top, or at the turn that its address names.
export function showStart(content) {
  content.scrollTop = 0;
  const player = content.querySelector(`${PLAYER}[data-at]`);
  if (player) showTurn(player);
}

enhance(document);
showMoment();
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
