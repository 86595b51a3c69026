// The preview's switches. Without this script all cards are there, by day, in English.
"use strict";

const by = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const root = document.documentElement;

const kept = {
  // Some browsers keep nothing for a page from disk.
  get: (name) => { try { return localStorage.getItem(`ankify-${name}`); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(`ankify-${name}`, value); } catch { /* as said */ } },
};

// Words --------------------------------------------------------------------------------------------

const words = JSON.parse(by("words").textContent);
const language = navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => tag in words) ?? "en";
const say = (key, values = {}) => words[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

function speak() {
  root.lang = words[language].language;
  for (const it of all("[data-say]")) it.textContent = say(it.dataset.say, it.dataset);
  for (const it of all("[data-say-label]")) it.setAttribute("aria-label", say(it.dataset.sayLabel));
  for (const it of all("[data-say-hint]")) it.placeholder = say(it.dataset.sayHint);
}

if (language !== "en") speak();

// Night --------------------------------------------------------------------------------------------

function setNight(night) {
  root.classList.toggle("dark", night);
  for (const card of all(".card")) {
    card.classList.toggle("nightMode", night);
    card.classList.toggle("night_mode", night);
  }
  by("night")?.setAttribute("aria-pressed", String(night));
}

const prefersNight = String(matchMedia("(prefers-color-scheme: dark)").matches);
const isNight = () => (kept.get("night") ?? prefersNight) === "true";
setNight(isNight());

function toggleNight() {
  kept.set("night", String(!root.classList.contains("dark")));
  setNight(isNight());
}

// Paper is white, and shows what is folded up.
addEventListener("beforeprint", () => {
  setNight(false);
  for (const fold of all(".card details:not([open])")) fold.open = fold.dataset.folded = true;
});
addEventListener("afterprint", () => {
  setNight(isNight());
  for (const fold of all("[data-folded]")) { fold.open = false; delete fold.dataset.folded; }
});

// The page of cards --------------------------------------------------------------------------------

if (by("cards")) {
  const articles = all("article");
  const sections = all("section.deck");
  const links = all("nav a").slice(0, sections.length);
  const texts = articles.map((article) => article.textContent.toLowerCase());
  const isShown = (article) => !article.hidden && !article.closest("[hidden]");
  let current = null;

  const search = () => {
    const wanted = by("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = by("kind").value;
    let found = 0;
    articles.forEach((article, at) => {
      const cards = all(".sides", article);
      for (const card of cards) card.hidden = kind !== "" && card.dataset.kind !== kind;
      article.hidden = !(
        wanted.every((word) => texts[at].includes(word))
        && (!by("faulty").checked || "faulty" in article.dataset)
        && (!by("changed").checked || "change" in article.dataset)
        && cards.some((card) => !card.hidden)
      );
      found += !article.hidden;
    });
    sections.forEach((section, at) => {
      section.hidden = !section.querySelector("article:not([hidden])");
      links[at].hidden = section.hidden;
    });
    const n = articles.length;
    by("none").hidden = found > 0;
    by("count").textContent = found === n ? say("notes", { n }) : say("notes_found", { n: found, all: n });
  };

  const setFlip = (flip) => {
    root.classList.toggle("flip", flip);
    by("flip").setAttribute("aria-pressed", String(flip));
    for (const card of all(".turned")) card.classList.remove("turned");
  };

  const go = (step) => {
    const shown = articles.filter(isShown);
    const next = shown[Math.max(0, Math.min(shown.length - 1, shown.indexOf(current) + step))];
    if (!next) return;
    current = next;
    for (const card of all(".turned", next)) card.classList.remove("turned");
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  };

  // As in Anki: the answer, and after it the next question.
  const turn = () => {
    if (!root.classList.contains("flip")) { setFlip(true); if (!current) go(1); return; }
    const card = current && all(".sides:not(.turned):not([hidden])", current)[0];
    if (card) card.classList.add("turned");
    else go(1);
  };

  const keys = {
    "/": () => by("search").focus(),
    "j": () => go(1),
    "k": () => go(-1),
    "f": () => setFlip(!root.classList.contains("flip")),
    " ": turn,
    "n": toggleNight,
    "e": () => (current?.querySelector("a.edit") ?? current?.querySelector("a.place"))?.click(),
    "?": () => by("help").showModal(),
  };

  by("search").addEventListener("input", search);
  for (const id of ["kind", "faulty", "changed"]) by(id).addEventListener("change", search);
  by("search").form.addEventListener("submit", (event) => event.preventDefault());
  by("flip").addEventListener("click", () => setFlip(!root.classList.contains("flip")));
  by("night").addEventListener("click", toggleNight);
  by("print").addEventListener("click", () => print());
  by("keys").addEventListener("click", () => by("help").showModal());
  by("cards").addEventListener("click", (event) => {
    const button = event.target.closest(".turn");
    if (button) button.parentElement.classList.add("turned");
  });
  by("cards").addEventListener("focusin", (event) => {
    current = event.target.closest("article") ?? current;
  });
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || by("help").open) return;
    if (target.matches("input, select, textarea")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (event.key === " " && target.matches("button, a, summary")) return;
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  search();

  // What scrolls sideways can be reached by keyboard; how wide it is shows only when it is near.
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      for (const box of all("pre, table, math[display=block]", target))
        if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    }
  });
  for (const article of articles) watcher.observe(article);
}

// Served by `ankify preview --serve`, the page loads itself again when a note has changed.
if (by("cards") && location.protocol === "http:") {
  let known = null;
  setInterval(async () => {
    try {
      const now = await (await fetch("version.txt")).text();
      if (known !== null && known !== now) location.reload();
      known = now;
    } catch { /* the server has stopped */ }
  }, 1000);
}
