/*
  The search index, read: a query becomes hits.  generator/search/ writes what is read here; what
  readers see of it is made elsewhere.

  The files (all in one folder; none is named by a word, any server can send them):

    all.bin      varint count, postings: all documents
    index.json   {version, documents, slots, weights, whole, best, sections, kinds, stopwords, pairs, before, verbs, nouns, endings, synonyms, prefixes}
    names.json   [[text, kind, address, count], …]: what is suggested by name: keyword, section, firm, page
    w/HASH.bin   a shard: all groups whose stem begins with one of the prefixes of that hash, and
                 with no longer one
    x/HASH.bin   what of the group of a stem is not in its shard, if that is anything
    t/NUMBER.json  a document as results show it: {address, title, kicker, lead, date, section, kind, keywords, text}

  A document's number is made of its day, its section and kind, and its address:
  (day × attributes + section × kinds + kind) × SLOTS + slot.  So numbers in order are days in order,
  filters need nothing but numbers, and no document's number depends on another one.

  A shard is a list of groups in the order of their stems.  A group has the words that have one stem
  ("forms"), each with its postings; and words of which one of these is a part ("compounds"), with the
  postings of all of them together ("parts").  Where there are more than `whole` postings, the shard
  has the `best` of them, those with the highest weights and the newest among equals: the first pages
  of results are sure with these.  The others are in the file of the rest.

    shard     varint count, groups
    group     text stem, varint forms, varint compounds, words, texts, found where there are compounds
    word      text, found
    found     varint count, varint bytes, postings
    rest      (varint bytes, postings) for each word of a group, and for its compounds, that has any
    text      UTF-8: varint bytes as in the text before, varint bytes that follow, these
    postings  a byte k, then bits: for each document the distance of its number from the one before as
              Rice code with parameter k, and 5 bits: 2 where (0 text, 1 keyword, 2 lead, 3 headline),
              2 how often (1, 2, 4, 8 times at least), 1 whether it is a name or noun there

  What is offered:

    const index = await open("/suchindex/");
    index.prepare(text)  fetches what a search for it needs for its first hit
    const found = await index.search(text, {section, year, kind, order: "" | "newest"}, early);
      early(hits)        is called with the best hits if they are sure long before all are there, which
                         are fetched when what it returns is done
      found.total        how many documents match text and filters
      found.counts       {section, year, kind}: each a Map from a value to how many documents match the
                         text and the *other* filters
      found.isEmpty      true where the text has no word to look for
      found.partial      true where a phrase was looked for in the best documents only
      found.unknown      words of the query that are in no document, in no form; total is 0 then
      found.corrections  [{word, instead, text}]: near words, and the whole query with that word instead
      found.ignored      words that were not looked for, because they say too little ("der", "und")
      found.hits         [{number, day, year, section, kind, load}], the best first
    await hit.load()     {address, title, kicker, lead, date, section, kind, excerpt, fragment}
      title, excerpt     [{text, mark}], marked where what was looked for stands
      fragment           "" or "#:~:text=…", to be put behind the address
    await index.suggest(text)
      {words: [text], names: [{text, kind, address, count}], titles: [{text, kind, address}]}

  Each throws an Error where a file cannot be had; what was had is kept for the next time.  Its
  `reason` is "missing" where there is no index at all, and "outdated" where there is one for newer
  or older scripts than these, as for a page that was open while the portal was published anew.
*/

import { fold, tokens } from "./search-words.js";
import { complete, nameOf, postings, Reader, restOf, unpacked, wanting } from "./search-shard.js";
import { verbStems } from "./search-verbs.js";

const VERSION = 2; // of the files
const DAY = 86_400_000; // milliseconds
const SHORTEST = 3; // letters of a stem
const USUAL_ENDING = 3; // letters behind it
const LONGEST_ENDING = 7;
const AT_ONCE = 16; // texts fetched at the same time
const VERIFIED = 96; // texts that are looked through for a phrase,
const UNTIL_FOUND = 480; // and those if it is in none of them
const EXCERPT = 240; // letters
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/g;
const QUOTED = /(^|\s)([-–−]?)(?:"([^"]+)"|[„“”]([^„“”"]+)[“”"]|»([^«»]+)«|«([^«»]+)»)/gu;
const EXCLUDED = /(?:^|\s)[-–−](?=[\p{L}\p{N}§])/u;

// What a word counts by where it stands, and what by how it is said.  So a headline counts more than
// a lead, whatever is said how often, and a part of a compound less than any word.
const WHERE = [1, 2, 3, 5];
const OFTEN = 0.12;
const SAME = 1;
const FORM = 0.9;
const OTHER = 0.85; // a synonym
const PART = 0.11;

/** The index in the folder at an address. */
export async function open(address) {
  const files = new Files(address);
  const head = await files.json("index.json").catch((error) => {
    throw error.status === 404 ? because("missing", error) : error;
  });
  if (head.version !== VERSION) throw because("outdated", new Error(`Search index ${head.version}`));
  return new Index(files, head);
}

function because(reason, error) {
  return Object.assign(error, { reason });
}

class Files {
  #had = new Map();

  constructor(address) {
    this.address = address;
  }

  json(name) {
    return this.#get(name, (response) => response.json());
  }

  bytes(name) {
    return this.#get(name, (response) => response.arrayBuffer());
  }

  /** What was had before, or is on its way, is not asked for again. */
  #get(name, read) {
    if (!this.#had.has(name)) {
      const coming = fetch(this.address + name).then((response) => {
        const { ok, status } = response;
        if (!ok) throw Object.assign(new Error(`${status} ${name}`), { status });
        return read(response);
      });
      coming.catch(() => this.#had.delete(name));
      this.#had.set(name, coming);
    }
    return this.#had.get(name);
  }
}

class Index {
  #shards = new Map();

  constructor(files, head) {
    this.files = files;
    this.head = head;
    this.prefixes = new Set(head.prefixes);
    this.stopwords = new Set([...head.stopwords, ...head.stopwords.map(fold)]);
    this.synonyms = head.synonyms.map((names) => names.map((name) => tokens(name).map(firstWord)));
    this.endings = ["", ...head.endings].sort((one, other) => other.length - one.length);
  }

  // Words.

  #shard(prefix) {
    const name = nameOf(prefix);
    if (!this.#shards.has(name)) {
      const coming = this.files.bytes(name).then((buffer) => unpacked(buffer, this.head));
      coming.catch(() => this.#shards.delete(name));
      this.#shards.set(name, coming);
    }
    return this.#shards.get(name);
  }

  /** The shard in which the group of a stem is, if there is one. */
  #shardOf(stem) {
    let length = stem.length;
    while (length && !this.prefixes.has(stem.slice(0, length))) length--;
    return this.#shard(stem.slice(0, length));
  }

  /** The prefixes in whose shards a folded word may be, if its stem lacks some of its letters. */
  #prefixesOf(folded, lacking) {
    const all = [];
    for (let length = folded.length; length >= 0; length--) {
      const prefix = folded.slice(0, length);
      if (!this.prefixes.has(prefix)) continue;
      all.push(prefix);
      // A stem that is shorter than this prefix is in the shard of a shorter one.
      if (length <= Math.max(SHORTEST, folded.length - lacking)) break;
    }
    return all;
  }

  /** How a word may be spelled in the texts, folded: ae stands for ä, and ä for ae. */
  #spellings(word) {
    const small = word.toLowerCase();
    const apart = small.replace(/[äöü]/g, (letter) => ({ ä: "ae", ö: "oe", ü: "ue" })[letter]);
    const together = small.replace(/([aou])e/g, "$1");
    return [...new Set([small, apart, together].map(fold))];
  }

  /** What the index has of a word: {same, forms, parts}, lists of words, of `groups`; null: nothing. */
  async #lookUp(word) {
    const found = { same: [], forms: [], parts: [], groups: [] };
    const small = word.toLowerCase();
    let isNoun = false;
    // Whoever types "Rat" does not mean "rät", but "Rate" may be "Räte".
    let isSpelled = DOTS.test(small);
    const add = (group, spelling, forms = group.forms, parts = group.parts) => {
      isSpelled ||= group.forms.some(({ text }) => text === small);
      for (const form of forms) {
        if (isSpelled && !isInflected(small, form, group.stem.length)) continue;
        (form.folded === spelling ? found.same : found.forms).push(form);
      }
      if (parts) found.parts.push(parts);
      found.groups.push(group);
    };
    const spellings = this.#spellings(word).map((spelling) => [spelling, this.#load(spelling)]);
    for (const [spelling, coming] of spellings) {
      const loaded = await coming;
      const holding = (form) => loaded.flatMap(({ byForm }) => byForm.get(form) ?? []);
      const own = holding(spelling);
      const group = own.length ? null : this.#unseen(spelling, loaded);
      for (const one of own) add(one, spelling);
      if (group) add(group, spelling);
      const isEnd = group?.compounds.some((compound) => compound.endsWith(spelling)); // as Meister may be
      const isName = found.same.some((form) => displayed(form) !== form.text);
      isNoun ||= this.head.nouns && Boolean(isEnd || isName);
      for (const [other, isVerb] of this.#otherForms(spelling)) {
        if (isVerb && (isNoun || small !== word)) continue;
        const unsaid = loaded.map(({ byStem }) => byStem.get(other)).filter((one) => one && !one.forms.length);
        for (const one of [...holding(other), ...unsaid].filter((one) => !own.includes(one))) {
          // Rechen is no form of recht.
          if (isVerb) add(one, spelling, one.forms.filter((form) => displayed(form) === form.text), null);
          else add(one, spelling);
        }
      }
      for (const ending of WITH_PLURAL) {
        // Räte are no form of the stem of Rat, which has no dots.
        const isPlural = DOTS.test(small) && spelling.endsWith(ending);
        const other = isPlural ? spelling.slice(0, -ending.length) : spelling + ending;
        for (const one of holding(other)) {
          if (own.includes(one)) continue;
          if (isPlural) add(one, spelling);
          else add(one, spelling, one.forms.filter(({ text }) => DOTS.test(text)), null);
        }
      }
      if (isNoun || small !== word) continue;
      const stems = verbStems(spelling, this.head, DOTS.test(small));
      const verbs = await Promise.all(
        stems.map(async (stem) => (await this.#shardOf(stem)).byStem.get(stem)),
      );
      const groups = verbs.filter(Boolean);
      found.groups.push(...groups);
      const known = new Set([...found.same, ...found.forms]);
      // Schnitt is no form of schneiden, and führt none of fahren.
      const isVerb = (form) =>
        !known.has(form) && displayed(form) === form.text && isInflected(small, form, Infinity);
      found.forms.push(...groups.flatMap(({ forms }) => forms.filter(isVerb)));
    }
    if (isNoun) found.forms = found.forms.filter((form) => displayed(form) !== form.text);
    return found.same.length + found.forms.length + found.parts.length ? found : null;
  }

  /** Other forms of a word for which its stem is no help, and whether they are those of a verb. */
  #otherForms(spelling) {
    return this.head.pairs.flatMap(([one, many]) =>
      [[one, many], [many, one]]
        .filter(([ending]) => spelling.endsWith(ending) && spelling.length >= ending.length + 2)
        .map(([ending, other]) => [
          spelling.slice(0, spelling.length - ending.length) + other,
          /te?n?$/.test(one),
        ]),
    );
  }

  /** The shards in which a folded word may be; of a word that the first of them have, only these. */
  async #load(spelling) {
    const load = (lacking) =>
      Promise.all(this.#prefixesOf(spelling, lacking).map((prefix) => this.#shard(prefix)));
    const near = await load(USUAL_ENDING);
    return near.some(({ byForm }) => byForm.has(spelling)) ? near : load(LONGEST_ENDING);
  }

  /** The group of a word that is in no text, but another form of it is. */
  #unseen(spelling, loaded) {
    if (!/^\p{L}+$/u.test(spelling)) return null;
    let best = null;
    for (const ending of this.endings) {
      const stem = spelling.slice(0, spelling.length - ending.length);
      if (!spelling.endsWith(ending) || stem.length < SHORTEST) continue;
      if (best && best.stem.length >= stem.length) continue;
      best = loaded.map(({ byStem }) => byStem.get(stem)).find(Boolean) ?? best;
    }
    return best;
  }

  // Queries.

  /** What a query asks for: terms that must be there, and such that must not; see `Term`. */
  #parse(text) {
    const terms = [];
    let rest = text.replace(INVISIBLE, "").normalize("NFC").replace(QUOTED, (_match, _space, minus, ...quoted) => {
      const phrase = quoted.slice(0, 4).find(Boolean);
      const parts = tokens(phrase).map((token) => new Term(token, phrase));
      if (parts.length) terms.push({ exclude: Boolean(minus), phrase, parts, said: [...parts] });
      return " \n ";
    });
    for (let at; (at = EXCLUDED.exec(rest)); ) {
      const from = at.index + at[0].length;
      const [token] = tokens(rest.slice(from));
      const said = rest.slice(from + token.start, from + token.end);
      terms.push({ exclude: true, parts: [new Term(token, said)] });
      rest = rest.slice(0, at.index) + " \n " + rest.slice(from + token.end);
    }
    const plain = tokens(rest).map((token) => new Term(token, rest.slice(token.start, token.end)));
    this.#join(plain, rest);
    this.#name(plain);
    terms.push(...plain.map((term) => ({ exclude: false, parts: [term] })));
    for (const term of terms.flatMap(({ parts }) => parts)) {
      term.says = !(term.letter || this.stopwords.has(term.word.toLowerCase()));
      if (!term.says) term.ways.shift(); // what remains is what it is a part of
    }
    return terms;
  }

  /** "e akte" may stand as one word in the texts. */
  #join(terms, text) {
    for (const [place, one] of terms.entries()) {
      const next = terms[place + 1];
      if (!next || text.slice(one.end, next.start).trim()) continue;
      const joined = one.word + next.word;
      if (!/^\p{L}+$/u.test(joined)) continue;
      one.ways.push({ words: [joined], counts: SAME });
      next.ways.push({ words: [joined], counts: SAME });
    }
  }

  /** What has several names is found by each. */
  #name(terms) {
    for (const names of this.synonyms) {
      for (const name of names) {
        for (let start = 0; start + name.length <= terms.length; start++) {
          const here = terms.slice(start, start + name.length);
          if (!here.every((term, place) => this.#alike(term.word, name[place]))) continue;
          for (const other of names) {
            if (other === name) continue;
            for (const term of here) term.ways.push({ words: other, counts: OTHER });
          }
        }
      }
    }
  }

  /** Whether two words differ in their endings only. */
  #alike(one, other) {
    const [a, b] = [fold(one), fold(other)];
    if (this.#spellings(one).includes(b)) return true;
    const bare = (word) => {
      const ending = this.endings.find((end) => word.length - end.length > 4 && word.endsWith(end));
      return ending ? word.slice(0, -ending.length) : word;
    };
    return a.length > 4 && b.length > 4 && bare(a) === bare(b);
  }

  /** What the index has of a term: `looked` for each way to say it of which all words are known. */
  async #resolve(term) {
    const ways = await Promise.all(
      term.ways.map(async ({ words, counts }) => {
        const looked = await Promise.all(words.map((word) => this.#lookUp(word)));
        return looked.every(Boolean) ? { looked, counts } : null;
      }),
    );
    term.looked = ways.filter(Boolean);
    term.known = term.looked.length > 0;
    const looked = term.looked.flatMap((way) => way.looked);
    term.groups = looked.flatMap(({ groups }) => groups);
    term.forms = new Set(looked.flatMap(({ same, forms }) => [...same, ...forms].map(({ folded }) => folded)));
    term.found = new Set([...term.forms, ...term.groups.flatMap(({ compounds }) => compounds)]);
    return term;
  }

  /** Fetches what is missing of groups. */
  #complete(groups) {
    return Promise.all(
      groups.map(async (group) => {
        if (!wanting(group).length) return;
        const rest = await this.files.bytes(restOf(group.stem));
        complete(group, rest); // nothing is wanting where another search was first
      }),
    );
  }

  /** The documents of a term, as far as they are there. */
  #documents({ looked }) {
    const documents = new Map();
    for (const way of looked) {
      const sets = way.looked.map((found) => this.#scores(found, way.counts));
      const [first, ...others] = sets.sort((one, other) => one.size - other.size);
      if (!others.length && looked.length === 1) return first;
      for (const [number, score] of first) {
        if (!others.every((set) => set.has(number))) continue;
        const whole = others.reduce((least, set) => Math.min(least, set.get(number)), score);
        if (whole > (documents.get(number) ?? 0)) documents.set(number, whole);
      }
    }
    return documents;
  }

  #scores({ same, forms, parts }, counts) {
    const scores = new Map();
    for (const [words, how] of [[same, SAME], [forms, FORM], [parts, PART]]) {
      for (const { numbers, weights } of words.flatMap((word) => word.postings())) {
        for (let place = 0; place < numbers.length; place++) {
          const weight = weights[place];
          const score = WHERE[weight >> 3] * (1 + OFTEN * ((weight >> 1) & 3)) * how * counts;
          if (score > (scores.get(numbers[place]) ?? 0)) scores.set(numbers[place], score);
        }
      }
    }
    return scores;
  }

  /** Fetches what a search for a text needs for its first hit. */
  async prepare(text) {
    const [best] = await this.#best(text);
    if (best) await this.files.json(`t/${best}.json`);
  }

  /** The numbers of the documents that fit a text best, as far as is known without much fetching. */
  async #best(text) {
    const asked = await this.#asked(text);
    const terms = asked.flatMap(({ parts, exclude }) => (exclude ? [] : parts));
    const scores = terms.length ? await this.#all(terms) : new Map();
    return [...scores].sort(better).map(([number]) => number);
  }

  /** What a query asks for, with what the index has of it, and what it is not searched for. */
  async #asked(text) {
    const asked = this.#parse(text);
    await Promise.all(asked.flatMap(({ parts }) => parts).map((term) => this.#resolve(term)));
    for (const one of asked) {
      one.ignored = one.parts.filter(({ says, known }) => !says && !known);
      one.parts = one.parts.filter(({ says, known }) => says || known);
    }
    return asked;
  }

  async search(text, { section = "", year = "", kind = "", order = "" } = {}, early = null) {
    const asked = await this.#asked(text);
    const terms = asked.filter(({ parts }) => parts.length);
    const wanted = terms.filter(({ exclude }) => !exclude);
    const words = wanted.flatMap(({ parts }) => parts);
    const unknown = words.filter(({ known }) => !known);
    const marked = new Set(words.flatMap(({ found }) => [...found]));
    const chosen = { section, year: String(year), kind };
    const byScore = order !== "newest" && wanted.length > 0;
    const ranked = (scores) => {
      const { hits, counts } = this.#filtered(scores, chosen, marked);
      hits.sort((one, other) => (byScore && other.score - one.score) || other.number - one.number);
      return { hits, counts };
    };
    let scores = new Map();
    let partial = false;
    if (!unknown.length && (wanted.length || !text.trim() || asked.some(({ exclude }) => exclude))) {
      const groups = terms.flatMap(({ parts }) => parts.flatMap((term) => term.groups));
      const phrases = asked.filter(({ phrase }) => phrase);
      const isSure = terms.length === 1 && words.every(isOne) && !phrases.length && byScore;
      if (early && isSure && !(section || year || kind) && groups.some((one) => wanting(one).length)) {
        await early(ranked(await this.#all(words)).hits.slice(0, this.head.best));
      }
      await this.#complete(groups);
      scores = await this.#all(words);
      for (const { parts, phrase } of terms.filter(({ exclude }) => exclude)) {
        if (phrase) continue;
        for (const number of this.#documents(parts[0]).keys()) scores.delete(number);
      }
      for (const one of phrases) one.run = one.said.flatMap((term) => term.run());
      if (phrases.length) [scores, partial] = await this.#verified(scores, phrases);
    }
    const { hits, counts } = ranked(scores);
    const corrections = await Promise.all(unknown.map((term) => this.#corrections(term, text)));
    return {
      total: hits.length, counts, partial, hits, isEmpty: !terms.length,
      ignored: asked.flatMap((one) => (one.phrase ? [] : one.ignored.map(({ said }) => said))),
      unknown: unknown.map(({ said }) => said), corrections: corrections.flat(),
    };
  }

  /** The documents in which all terms are, and how well they fit. */
  async #all(terms) {
    if (!terms.length) {
      const reader = new Reader(await this.files.bytes("all.bin"));
      const count = reader.number();
      const { numbers } = postings(reader.bytes(), count, this.head.weights);
      return new Map([...numbers].map((number) => [number, 0]));
    }
    const documents = terms.map((term) => this.#documents(term));
    const sorted = documents.sort((one, other) => one.size - other.size);
    const rare = sorted.map((one) => Math.log(1 + this.head.documents / Math.max(1, one.size)));
    const scores = new Map();
    for (const number of sorted[0].keys()) {
      if (!sorted.every((one) => one.has(number))) continue;
      scores.set(number, sorted.reduce((sum, one, place) => sum + one.get(number) * rare[place], 0));
    }
    return scores;
  }

  /** Those of the best documents in whose texts all phrases stand, and not those excluded. */
  async #verified(scores, phrases) {
    const ranked = [...scores].sort(better);
    const found = new Map();
    let start = 0;
    for (; start < (found.size ? VERIFIED : UNTIL_FOUND) && start < ranked.length; start += AT_ONCE) {
      const some = ranked.slice(start, start + AT_ONCE);
      const texts = await Promise.all(some.map(([number]) => this.files.json(`t/${number}.json`)));
      for (const [place, { title, kicker, lead, keywords, text }] of texts.entries()) {
        const lines = [title, kicker, lead, ...keywords, ...text].map(spelled);
        const fits = ({ run, exclude }) => exclude !== lines.some((line) => isSaid(run, line));
        if (phrases.every(fits)) found.set(...some[place]);
      }
    }
    return [found, ranked.length > start];
  }

  /** Hits that fit the filters, and how many there are of each value of each, by the others. */
  #filtered(scores, chosen, marked) {
    const { sections, kinds, slots } = this.head;
    const counts = { section: new Map(), year: new Map(), kind: new Map() };
    const names = Object.keys(counts);
    const asked = names.filter((name) => chosen[name]);
    const hits = [];
    const dates = new Map();
    const date = (days) => {
      if (!dates.has(days)) dates.set(days, new Date(days * DAY).toISOString().slice(0, 10));
      return dates.get(days);
    };
    for (const [number, score] of scores) {
      const code = Math.floor(number / slots);
      const kind = kinds[code % kinds.length];
      const section = sections[Math.floor(code / kinds.length) % sections.length];
      const days = Math.floor(code / kinds.length / sections.length);
      const day = days ? date(days) : "";
      const hit = { number, score, day, year: day.slice(0, 4), section, kind };
      const misses = asked.filter((name) => chosen[name] !== hit[name]);
      for (const name of names) {
        if (!hit[name] || misses.some((miss) => miss !== name)) continue;
        counts[name].set(hit[name], (counts[name].get(hit[name]) ?? 0) + 1);
      }
      if (misses.length) continue;
      hit.load = () => this.#shown(number, marked);
      hits.push(hit);
    }
    return { hits, counts };
  }

  // What is shown.

  async #shown(number, marked) {
    const { text, ...shown } = await this.files.json(`t/${number}.json`);
    const { parts, words } = excerpt([shown.lead, ...text], marked);
    const fragment = words.slice(0, 3).map((word) => `text=${encoded(word)}`).join("&");
    return {
      ...shown,
      title: cut(shown.title, 0, shown.title.length, places(shown.title, marked)),
      excerpt: parts,
      fragment: fragment && `#:~:${fragment}`,
    };
  }

  // What readers may have meant.

  async #corrections(term, text) {
    const spellings = this.#spellings(term.word);
    const [folded] = spellings;
    if (folded.length < 4 || !/^\p{L}+$/u.test(folded)) return [];
    const allowed = folded.length < 8 ? 1 : 2;
    const least = (other, most, cut = Infinity) =>
      Math.min(...spellings.map((one) => distance(other, one.slice(0, cut), most)));
    const near = [...this.prefixes]
      .map((prefix) => [prefix, least(prefix, 1, prefix.length)])
      .filter(([, far]) => far <= 1)
      .sort((one, other) => one[1] - other[1] || other[0].length - one[0].length);
    const loaded = await Promise.all(near.slice(0, 6).map(([prefix]) => this.#shard(prefix)));
    const found = new Map();
    for (const form of formsOf(loaded)) {
      const isBegun = spellings.some((one) => form.folded.startsWith(one));
      const far = isBegun ? 1 : least(form.folded, allowed);
      if (far <= allowed) found.set(form.text, { form, far });
    }
    return [...found.values()]
      .sort((one, other) => one.far - other.far || other.form.count - one.form.count)
      .slice(0, 3)
      .map(({ form }) => {
        const instead = displayed(form);
        return { word: term.said, instead, text: text.replace(term.said, () => instead) };
      });
  }

  async suggest(text) {
    const all = tokens(text);
    const last = all[all.length - 1];
    if (!last || last.end < text.trimEnd().length) return { words: [], names: [], titles: [] };
    const spellings = this.#spellings(text.slice(last.start, last.end));
    const long = spellings.filter((spelling) => spelling.length >= SHORTEST);
    const [names, ...shards] = await Promise.all([
      this.files.json("names.json"),
      ...long.map((spelling) => this.#load(spelling)),
    ]);
    const typed = fold(text.trim());
    const begins = ([name]) => ` ${fold(name)}`.includes(` ${typed}`);
    const forms = formsOf([...new Set(shards.flat())])
      .filter((form) => long.some((spelling) => form.folded.startsWith(spelling)))
      .sort((one, other) => other.count - one.count)
      .slice(0, 5);
    const words = forms.map((form) => text.slice(0, last.start) + displayed(form));
    const best = forms.length ? await this.#best(words[0]) : [];
    const titles = await Promise.all(
      best.slice(0, 3).map(async (number) => {
        const { title, address, kind } = await this.files.json(`t/${number}.json`);
        return { text: title, address, kind };
      }),
    );
    return {
      words: [...new Set(words)],
      names: names
        .filter(begins)
        .sort((one, other) => other[3] - one[3])
        .slice(0, 5)
        .map(([name, kind, address, count]) => ({ text: name, kind, address, count })),
      titles,
    };
  }
}

/** One thing that a query asks for: `ways` to say it, each a list of words that are all needed. */
class Term {
  constructor(token, said) {
    this.start = token.start;
    this.end = token.end;
    this.letter = Boolean(token.letter);
    this.said = said;
    this.word = firstWord(token);
    const ways = token.whole ? token.ways.slice(0, 1) : token.ways;
    this.ways = ways.map((words) => ({ words, counts: SAME }));
    this.spelled = token.ways[token.ways.length - 1] ?? [];
  }

  /** What has to stand in a text where a phrase has this: for each word a set of its forms. */
  run() {
    if (this.spelled.length !== 1) return this.spelled.map((word) => new Set([fold(word)]));
    return [new Set([...this.forms, fold(this.spelled[0])])];
  }
}

/** Whether a document and its score come before others. */
function better([number, score], [otherNumber, otherScore]) {
  return otherScore - score || otherNumber - number;
}

/** Whether a term is one word, however it is said. */
function isOne({ looked }) {
  return looked.every((way) => way.looked.length === 1);
}

function formsOf(shards) {
  return shards.flatMap(({ byStem }) => [...byStem.values()].flatMap(({ forms }) => forms));
}

function firstWord(token) {
  return token.ways[0]?.[0] ?? "";
}

const DOTS = /[äöü]/;
const WITH_PLURAL = ["e", "en"];
const WITH_DOTS = /^(?:e[mnrs]?|ern|n|er[en]?[mnrs]?|s?te?[mnrs]?|s?t)?$/;
const NEVER_DOTTED = /(?:ung(?:en)?|(?:lich|isch|ig)(?:e[mnrs]?)?|erer[ns]?)$/;

/**
 * Whether a form differs from a word in no dots but those that inflection brings: Häuser are of Haus,
 * and Forderungen not of Förderung.  `stem`: so many letters both have, but for dots.
 */
function isInflected(word, form, stem) {
  const [one, other] = [word, form.text].map((text) => text.normalize("NFC").replace(/ß/g, "ss"));
  let dotted = "";
  let place = 0;
  for (; place < Math.min(one.length, other.length, stem); place++) {
    if (one[place] === other[place]) continue;
    if (fold(one[place]) !== fold(other[place])) break;
    if (DOTS.test(one[place])) dotted ||= one;
    if (DOTS.test(other[place])) dotted ||= other;
  }
  if (!dotted) return stem < Infinity || DOTS.test(word) || !DOTS.test(other.slice(place));
  const [plain] = [one, other].filter((text) => text !== dotted);
  const isSame = plain?.slice(place) === dotted.slice(place);
  if (isSame && !(/e[lrn]$/.test(dotted) && displayed(form) !== form.text)) return false;
  if (stem === Infinity) return true;
  if (plain?.slice(place) !== "s" && plain?.length > dotted.length) return false;
  return WITH_DOTS.test(dotted.slice(place)) && !NEVER_DOTTED.test(dotted);
}

/** The words of a text, folded, in its order. */
function spelled(text) {
  return tokens(text).flatMap(({ ways }) => (ways[ways.length - 1] ?? []).map(fold));
}

/** Whether some words, each given as a set of its forms, stand in a line side by side. */
function isSaid(run, line) {
  return line.some((_word, start) => run.every((forms, place) => forms.has(line[start + place])));
}

/** A word as most texts write it. */
function displayed(form) {
  const [{ weights }] = form.postings(); // the same whether or not the rest is there
  const capitals = weights.reduce((sum, weight) => sum + (weight & 1), 0);
  const [first, ...rest] = form.text;
  return 2 * capitals > weights.length ? first.toUpperCase() + rest.join("") : form.text;
}

/** Where in a text the marked words stand. */
function places(text, marked) {
  if (!marked.size) return [];
  return tokens(text).filter(({ ways, also }) =>
    [...ways.flat(), ...also].some((word) => marked.has(fold(word))),
  );
}

/** The part of some lines with the most of the marked words; {parts, words}. */
function excerpt(lines, marked) {
  let best = { line: lines.find(Boolean) ?? "", from: 0, found: [], value: 0 };
  for (const line of lines) {
    const found = places(line, marked);
    for (const { start } of found) {
      const from = Math.max(0, Math.min(start - EXCERPT / 4, line.length - EXCERPT));
      const inside = found.filter((one) => one.start >= from && one.end <= from + EXCERPT);
      const said = inside.map((one) => line.slice(one.start, one.end).toLowerCase());
      const value = new Set(said).size;
      if (value > best.value) best = { line, from, found: inside, value };
    }
  }
  const { line, found } = best;
  let from = best.from;
  let to = Math.min(line.length, from + EXCERPT);
  if (from > 0) from = Math.min(line.indexOf(" ", from) + 1, found[0]?.start ?? from);
  if (to < line.length) to = Math.max(line.lastIndexOf(" ", to), found[found.length - 1]?.end ?? 0);
  const parts = cut(line, from, to, found);
  if (from > 0) parts.unshift({ text: "… ", mark: false });
  if (to < line.length) parts.push({ text: " …", mark: false });
  return { parts, words: [...new Set(found.map(({ start, end }) => line.slice(start, end)))] };
}

/** A part of a text in parts, each marked or not. */
function cut(text, from, to, found) {
  const parts = [];
  let last = from;
  for (const { start, end } of found) {
    if (start > last) parts.push({ text: text.slice(last, start), mark: false });
    parts.push({ text: text.slice(start, end), mark: true });
    last = end;
  }
  if (to > last) parts.push({ text: text.slice(last, to), mark: false });
  return parts;
}

/** A word as a text fragment has it, where a hyphen has a meaning of its own. */
function encoded(word) {
  return encodeURIComponent(word).replace(/-/g, "%2D");
}

/** How many letters have to be put in, left out, replaced or exchanged; more than `most`: any. */
function distance(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let [last, row] = [[], Array.from({ length: other.length + 1 }, (_, place) => place)];
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1));
      const exchanged = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (exchanged) next[j] = Math.min(next[j], last[j - 2] + 1);
    }
    if (Math.min(...next) > most) return most + 1;
    [last, row] = [row, next];
  }
  return row[other.length];
}
