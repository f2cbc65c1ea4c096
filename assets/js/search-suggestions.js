/*
  Suggestions while somebody types: an editable combobox with a list, as the ARIA Authoring Practices
  describe it.  The focus stays in the field; the arrow keys go through the list.
*/

const WORDS = 3;
const NAMES = 3;
const TITLES = 2;

/**
 * Offers suggestions below `field`, in `list`, each made of `template`.
 *
 * `suggest(text)` gives {words, names, titles}, see search-index.js.  A word goes into the field, and
 * `choose()` is called; anything else is a page, which is opened.  `status` says politely how many
 * there are.
 *
 * Gives {ask(), close()}.
 */
export function suggestionsFor(field, { list, template, status, suggest, choose }) {
  const pattern = template.content.firstElementChild;
  let offered = []; // what the options of the list stand for
  let active = -1; // the option that the arrow keys came to; -1: they are in the field
  let turn = 0; // the question that counts: answers to earlier ones are dropped

  async function ask() {
    const mine = ++turn;
    const text = field.value;
    const found = text.trim() ? await suggest(text).catch(() => null) : null; // it does without
    if (mine !== turn || document.activeElement !== field) return;
    offered = found ? chosenFrom(found, text) : [];
    if (!offered.length) return close();
    list.replaceChildren(...offered.map(optionOf));
    open();
  }

  function open() {
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    mark(-1);
    const { one, many } = status.dataset;
    status.textContent = offered.length === 1 ? one : many.replace("#", String(offered.length));
  }

  function close() {
    turn++;
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    mark(-1);
    status.textContent = "";
  }

  function mark(place) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const option = list.children[place];
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  }

  function optionOf({ text, kind }, place) {
    const option = pattern.cloneNode(true);
    option.id = `${list.id}-${place}`;
    option.querySelector("[data-part=text]").textContent = text;
    option.querySelector("[data-part=kind]").textContent = kind && (list.dataset[kind] ?? list.dataset.title);
    return option;
  }

  function take({ text, address }) {
    close();
    if (address) return location.assign(address);
    field.value = text;
    choose();
  }

  /** What a key does while the list is open; whether it did something. */
  function pressed(key) {
    const last = offered.length - 1;
    if (key === "ArrowDown") mark(active === last ? -1 : active + 1);
    else if (key === "ArrowUp") mark(active === -1 ? last : active - 1);
    else if (key === "Escape") close();
    else if (key === "Enter" && active >= 0) take(offered[active]);
    else return false;
    return true;
  }

  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (list.hidden && event.altKey && event.key === "ArrowDown") ask();
    else if (list.hidden && event.key === "Escape" && field.value) {
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (list.hidden || !pressed(event.key)) return;
    event.preventDefault();
  });
  field.addEventListener("input", close); // they were for another text
  field.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const place = [...list.children].indexOf(event.target.closest("[role=option]"));
    if (place >= 0) take(offered[place]);
  });

  return { ask, close };
}

/** A few suggestions of each kind, without what is in the field already. */
function chosenFrom({ words, names, titles }, text) {
  const typed = text.trim().toLowerCase();
  const others = words.filter((word) => word.toLowerCase() !== typed);
  const offered = new Set(names.slice(0, NAMES).map(({ address }) => address));
  return [
    ...others.slice(0, WORDS).map((word) => ({ text: word, kind: "" })),
    ...names.slice(0, NAMES),
    ...titles.filter(({ address }) => !offered.has(address)).slice(0, TITLES),
  ];
}
