/*
  Searches the index that the build made with Pagefind, and shows what it finds.

  All words that readers see stand in layouts/search.html.  The form's fields are the page's address
  as well (?q=…&bereich=…), so that a search can be kept and passed on.
*/

const SHOWN = 10; // results at a time
const PAUSE = 250; // milliseconds without a key before what was typed so far is searched for

const form = document.querySelector("form.search");
const words = form.elements.namedItem("q");
const order = form.elements.namedItem("folge");
const filters = [...form.querySelectorAll("[data-filter]")];
const count = document.querySelector(".search-count");
const list = document.querySelector(".search-results");
const more = document.querySelector(".search-more");
const template = document.querySelector("#Treffer").content.firstElementChild;
const language = document.documentElement.lang;

let index; // the promise of Pagefind, once it is needed
let turn = 0; // the search that counts: answers to earlier ones are dropped
let waiting; // what was found and is not shown yet
let pause;

function load() {
  index ??= import(form.dataset.index).then(async (pagefind) => {
    await pagefind.options({
      excerptLength: 36,
      // A word in a headline counts most; the day is no word.
      ranking: { metaWeights: { title: 6, kicker: 3, keywords: 4, authors: 2, day: 0 } },
    });
    await pagefind.init();
    return pagefind;
  });
  index.catch(() => (index = undefined)); // another search tries again
  return index;
}

async function search() {
  const mine = ++turn;
  const query = words.value.trim();
  const chosen = filters.filter((field) => field.value);
  remember();
  list.ariaBusy = "true";
  try {
    if (!query && !chosen.length) {
      list.replaceChildren();
      more.hidden = true;
      count.textContent = "";
      return;
    }
    const pagefind = await load();
    const found = await pagefind.search(query || null, {
      filters: Object.fromEntries(chosen.map((field) => [field.dataset.filter, field.value])),
      sort: order.value || !query ? { date: "desc" } : {},
    });
    if (mine !== turn) return;
    waiting = found.results;
    const total = waiting.length;
    const items = await next();
    if (mine !== turn) return;
    list.replaceChildren(...items);
    const { none, one, many } = count.dataset;
    count.textContent = total > 1 ? many.replace("#", total.toLocaleString(language)) : total ? one : none;
  } catch {
    if (mine === turn) count.textContent = count.dataset.failed;
  } finally {
    if (mine === turn) list.ariaBusy = "false";
  }
}

// The next results as elements; the others go on waiting.
async function next() {
  const found = await Promise.all(waiting.splice(0, SHOWN).map((result) => result.data()));
  more.hidden = !waiting.length;
  return found.map(shown);
}

function shown({ url, excerpt, meta, filters: values }) {
  const item = template.cloneNode(true);
  const part = (name) => item.querySelector(`[data-part=${name}]`);
  const [kind, section] = [values.kind?.[0], values.section?.[0]];
  item.querySelector("a").href = url;
  part("title").textContent = meta.title;
  part("kicker").textContent = meta.kicker ?? "";
  if (/[?!:;,.…–—]$/.test(meta.kicker ?? "")) item.querySelector(".kicker .hidden").remove();
  part("section").textContent = named("section", section);
  if (kind === "news") {
    part("label").remove();
  } else {
    part("label").classList.add(`label-${kind}`);
    part("label").textContent = named("kind", kind);
  }
  if (kind === "news" && !meta.kicker) item.querySelector(".kicker").remove();
  const day = new Date(Number(meta.day) * 86_400_000);
  const time = item.querySelector("time");
  time.dateTime = day.toISOString().slice(0, 10);
  time.textContent = day.toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" });
  part("excerpt").append(...marked(excerpt));
  return item;
}

// Pagefind gives HTML; of that only text and its marks are taken.
function* marked(html) {
  for (const node of new DOMParser().parseFromString(html, "text/html").body.childNodes) {
    if (node.nodeName === "MARK") {
      const mark = document.createElement("mark");
      mark.textContent = node.textContent;
      yield mark;
    } else {
      yield node.textContent;
    }
  }
}

// What the form calls a value of one of its filters.
function named(filter, value) {
  const field = filters.find((one) => one.dataset.filter === filter);
  return [...field.options].find((option) => option.value === value)?.text ?? value ?? "";
}

function remember() {
  const told = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.replaceState(null, "", told.size ? `?${told}` : location.pathname);
}

function recall() {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
    if (field && field.selectedIndex === -1) field.selectedIndex = 0; // there is no such choice
  }
}

// With the arrow keys from the word to the results, and back.
function walk(event) {
  const links = [...list.querySelectorAll("a")];
  const here = links.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const inside = here >= 0 || document.activeElement === words;
  if (event.key === "Escape" && here >= 0) {
    words.focus();
  } else if (step && inside && (links[here + step] ?? (here + step === -1 && here === 0))) {
    event.preventDefault();
    (links[here + step] ?? words).focus();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(pause);
  search();
});
words.addEventListener("input", () => {
  list.ariaBusy = "true";
  clearTimeout(pause);
  pause = setTimeout(search, PAUSE);
});
form.addEventListener("change", (event) => event.target !== words && search());
more.addEventListener("click", async () => {
  const items = await next();
  list.append(...items);
  items[0]?.querySelector("a").focus();
});
document.addEventListener("keydown", walk);

form.firstElementChild.disabled = false;
recall();
search();
