// The preview's switches. Without this script all cards are there, by day.
"use strict";

const by = (id) => document.getElementById(id);
const articles = [...document.querySelectorAll("article")];
const sections = [...document.querySelectorAll("section")];
const links = [...document.querySelectorAll("nav a")];
const texts = articles.map((article) => article.textContent.toLowerCase());

const kept = {
  // Some browsers keep nothing for a page from disk.
  get: () => { try { return localStorage.getItem("ankify-night"); } catch { return null; } },
  set: (value) => { try { localStorage.setItem("ankify-night", value); } catch { /* as said */ } },
};

function setNight(night) {
  document.documentElement.classList.toggle("dark", night);
  for (const card of document.querySelectorAll(".card")) {
    card.classList.toggle("nightMode", night);
    card.classList.toggle("night_mode", night);
  }
  by("night").setAttribute("aria-pressed", String(night));
}

function search() {
  const words = by("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const only = by("faulty").checked;
  let found = 0;
  articles.forEach((article, i) => {
    const fits = words.every((word) => texts[i].includes(word));
    article.hidden = !fits || (only && !article.classList.contains("faulty"));
    found += !article.hidden;
  });
  sections.forEach((section, i) => {
    section.hidden = !section.querySelector("article:not([hidden])");
    links[i].hidden = section.hidden;
  });
  const all = articles.length;
  by("none").hidden = found > 0;
  by("count").textContent = found === all ? `${all} notes` : `${found} of ${all} notes`;
}

by("night").addEventListener("click", () => {
  const night = by("night").getAttribute("aria-pressed") !== "true";
  setNight(night);
  kept.set(String(night));
});
by("search").addEventListener("input", search);
by("faulty").addEventListener("change", search);
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) {
    event.preventDefault();
    by("search").focus();
  }
});

if (document.querySelector("article.faulty")) document.querySelector(".only").hidden = false;
setNight((kept.get() ?? String(matchMedia("(prefers-color-scheme: dark)").matches)) === "true");

// Served by `ankify preview --serve`, the page loads itself again when a note has changed.
if (location.protocol === "http:") {
  let known = null;
  setInterval(async () => {
    try {
      const now = await (await fetch("version.txt")).text();
      if (known !== null && known !== now) location.reload();
      known = now;
    } catch { /* the server has stopped */ }
  }, 1000);
}
