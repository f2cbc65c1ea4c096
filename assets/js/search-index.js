/*
  The search index, read: a query becomes hits.  generator/search/ writes what is read here; what
  readers see of it is made elsewhere.

  The files (all in one folder; none is named by a word, any server can send them):

    index.json   {version, documents, language, sections, kinds, stopwords, endings, synonyms, prefixes}
    names.json   [[text, kind, address, count], …]: what is suggested by name: keyword, section, firm, page
    w/HASH.bin   a shard: all groups whose stem begins with one of the prefixes of that hash, and
                 with no longer one
    t/NUMBER.json  a document as results show it: {address, title, kicker, lead, date, section, kind, text}

  A document's number is made of its day, its section and kind, and its address:
  (day × attributes + section × kinds + kind) × SLOTS + slot.  So numbers in order are days in order,
  filters need nothing but numbers, and no document's number depends on another one.

  A shard is a list of groups in the order of their stems.  A group has the words that have one stem
  ("forms"), and words of which one of these is a part ("compounds"); each with its postings:

    shard     varint count, groups
    group     text stem, varint forms, varint compounds, words
    word      text, varint count, varint bytes, postings
    text      UTF-8: varint bytes as in the text before, varint bytes that follow, these
    postings  a byte k, then bits: for each document the distance of its number from the one before as
              Rice code with parameter k, and 5 bits: 2 where (0 text, 1 keyword, 2 lead, 3 headline),
              2 how often (1, 2, 4, 8 times at least), 1 whether it is a name or noun there

  What is offered:

    const index = await open("/suchindex/");
    const found = await index.search(text, {section, year, kind, order: "" | "newest"});
      found.total        how many documents match text and filters
      found.counts       {section, year, kind}: each a Map from a value to how many documents match the
                         text and the *other* filters
      found.unknown      words of the query that are in no document, in no form; total is 0 then
      found.corrections  [{word, instead, text}]: near words, and the whole query with that word instead
      found.ignored      words that were not looked for, because they say too little ("der", "und")
      found.hits         [{number, day, year, section, kind, load}], the best first
    await hit.load()     {address, title, kicker, lead, date, section, kind, excerpt, fragment}
      title, excerpt     [{text, mark}], marked where what was looked for stands
      fragment           "" or "#:~:text=…", to be put behind the address
    await index.suggest(text)
      {words: [text], names: [{text, kind, address, count}], titles: [{text, address}]}

  Each throws an Error where a file cannot be had; what was had is kept for the next time.
*/
