/*
  Forms of German verbs that have another stem: schneiden, schnitt, abgeschnitten; speichern, gespeichert.
*/

const ENDING = /^(?:e?n|e|e?s?t|e?te[nt]?|e[mrs]|ende[mnrs]?)?$/;
const REGULAR = /^(.{3,}?)(?:en|(?<=e[lr])n|e?t|e?te[nt]?)$/;
const PARTICIPLE = /^ge(.{3,}?)(?:e?t|e?te[mnrs]?)$/;

/**
 * The stems that forms of a verb may have, of which a folded word is one.
 *
 * `before` is what may stand before a verb and makes one word with it; `verbs` are irregular ones, each a
 * list of its stems, that of the participle (without ge) last.  `hasDots`: whether it had ä, ö or ü, which
 * the past has not: führt is no form of fahren.
 */
export function verbStems(word, { before, verbs }, hasDots) {
  if (!verbs.length) return [];
  const found = new Set();
  for (const first of ["", ...before]) {
    if (!word.startsWith(first)) continue;
    const rest = word.slice(first.length);
    for (const verb of verbs) {
      if (!isOf(hasDots ? verb.slice(0, 1) : verb, rest, first)) continue;
      const participle = verb[verb.length - 1];
      for (const stem of first ? verb : verb.slice(0, -1)) found.add(first + stem);
      for (const stem of verb.slice(0, -1)) found.add(`${first}${stem}t`);
      found.add(`${first}ge${participle}`);
      if (first) found.add(`${first}zu${verb[0]}`);
    }
    const [, stem] = PARTICIPLE.exec(rest) ?? REGULAR.exec(rest) ?? [];
    if (!stem) continue;
    for (const ending of ["", "t", "et"]) found.add(first + stem + ending);
    for (const ending of ["t", "et"]) found.add(`${first}ge${stem}${ending}`);
    if (first) found.add(`${first}zu${stem}`);
  }
  return [...found];
}

function isOf(verb, rest, first) {
  const has = (start) => rest.startsWith(start) && ENDING.test(rest.slice(start.length));
  return (
    verb.some((stem, place) => (first || place < verb.length - 1) && has(stem)) ||
    has(`ge${verb[verb.length - 1]}`) ||
    (Boolean(first) && has(`zu${verb[0]}`))
  );
}
