// What a reader would stumble over in `root`: run in a page by tests/browser.py, answers with sentences.
({ root, least }) => {
  const box = document.querySelector(root);
  const faults = [];
  const all = (selector) => [...box.querySelectorAll(selector)];
  const short = (text) => text.replace(/\s+/g, " ").trim().slice(0, 50);
  const seen = (element) => element.getClientRects().length > 0;

  // Pictures
  for (const picture of all("img"))
    if (picture.naturalWidth === 0) faults.push(`picture does not show: ${picture.getAttribute("src")}`);

  // Formulas: MathJax keeps a parsed tree of each; an unknown macro is a red mtext, not an error.
  for (const formula of globalThis.MathJax?.startup?.document?.math ?? []) {
    if (!formula.root || !box.contains(formula.typesetRoot)) continue;
    formula.root.walkTree((node) => {
      const error = node.isKind("merror") && node.attributes.get("data-mjx-error");
      const unknown = node.isKind("mtext") && node.attributes.getExplicit("mathcolor") === "red";
      if (error || unknown) faults.push(`formula fails: ${formula.math} (${error || "unknown macro"})`);
    });
  }
  const words = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (words.nextNode()) {
    const holder = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || holder.closest("mjx-assistive-mml, style, script, svg")) continue;
    texts.push(words.currentNode);
    if (/\\[()[\]]/.test(words.currentNode.data) && !holder.closest("mjx-container, code, pre, kbd"))
      faults.push(`formula is left as text: ${short(words.currentNode.data)}`);
  }

  // Width: an element may be wide only inside of a box that scrolls, and nothing may be cut off.
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const boxed = (element) => {
    for (let outer = element.parentElement; outer && outer !== document.body; outer = outer.parentElement)
      if (scrolls(outer)) return true;
    return false;
  };
  const room = document.documentElement.clientWidth;
  for (const element of all("*")) {
    if (element.closest("mjx-container") && element.localName !== "mjx-container") continue;
    if (!seen(element)) continue;
    const { left, right } = element.getBoundingClientRect();
    if ((right > room + 1 || left < -1) && right - left > 1 && !boxed(element))
      faults.push(`wider than the screen: ${element.localName} ${short(element.textContent)}`);
    const cut = getComputedStyle(element).overflowX === "hidden" || getComputedStyle(element).overflowX === "clip";
    if (cut && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1)
      faults.push(`cut off: ${element.localName} ${short(element.textContent)}`);
  }
  if (document.documentElement.scrollWidth > room) faults.push("the page scrolls sideways");

  // Contrast, WCAG 2.1 1.4.3. A canvas reads any way of writing a colour.
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (colour) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    const [r, g, b, alpha] = paint.getImageData(0, 0, 1, 1).data;
    return { rgb: [r, g, b], alpha: alpha / 255 };
  };
  const mix = (front, back, alpha) => front.map((value, i) => value * alpha + back[i] * (1 - alpha));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const below = element.parentElement ? behind(element.parentElement) : [255, 255, 255];
    const { rgb, alpha } = read(getComputedStyle(element).backgroundColor);
    return mix(rgb, below, alpha);
  };
  const shade = (element) =>
    (element.parentElement ? shade(element.parentElement) : 1) * Number(getComputedStyle(element).opacity);
  for (const holder of new Set(texts.map((text) => text.parentElement))) {
    if (!seen(holder)) continue;
    const style = getComputedStyle(holder);
    const ground = behind(holder);
    const { rgb, alpha } = read(style.color);
    const [a, b] = [light(mix(rgb, ground, alpha * shade(holder))), light(ground)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < least)
      faults.push(`contrast ${contrast.toFixed(2)}: ${holder.localName}.${holder.className} ${short(holder.textContent)}`);
  }
  return faults;
}
