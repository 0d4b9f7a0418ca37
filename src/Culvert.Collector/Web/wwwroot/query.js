// What the page knows of the query language: enough to write filters and to mark words. The collector parses it.

const bare = /^[\p{L}\p{N}_.\-/@]+$/u;
const words = new Set(['and', 'or', 'not']);

export function quote(value) {
  const text = String(value);
  if (bare.test(text) && !text.startsWith('-') && !words.has(text.toLowerCase())) return text;
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
}

const condition = (field, value) => (value === null ? `-${field}:*` : `${field}:${quote(value)}`);

/** The query with a filter added; one that says the opposite is taken out, one that is there already stays once. */
export function withFilter(query, field, value, exclude) {
  const positive = condition(field, value);
  const wanted = exclude ? `-${positive}` : positive;
  const opposite = exclude ? positive : `-${positive}`;
  const parts = split(query).filter((part) => part !== opposite && part !== wanted);
  const needsBrackets = parts.some((part) => part === 'OR');
  const rest = needsBrackets ? `(${parts.join(' ')})` : parts.join(' ');
  return [rest, wanted].filter(Boolean).join(' ');
}

/** Words and phrases that a record must have in its text, for marking. */
export function terms(query) {
  const found = [];
  let negate = false;
  for (const part of split(query.replace(/[()]/g, ' '))) {
    if (part === 'NOT') { negate = true; continue; }
    const skip = negate || part.startsWith('-') || part === 'AND' || part === 'OR';
    negate = false;
    if (skip) continue;
    if (part.startsWith('"')) found.push({ text: part.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') });
    else if (!/[:<>=]/.test(part)) found.push({ text: part.replace(/\*$/, ''), prefix: part.endsWith('*') });
  }
  return found.filter((term) => term.text.length > 0);
}

/** Splits at blanks that stand outside of quotes. */
function split(query) {
  return query.match(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/g) ?? [];
}

/** What is being written at the caret: a field's name, or a value with its field; null within a phrase of its own. */
export function completion(query, caret) {
  const before = query.slice(0, caret);
  const value = /(?:^|[\s(])-?([\p{L}\p{N}_.\-/@]+?)(?:>=|<=|[:=<>])("[^"]*|[^\s()"]*)$/u.exec(before);
  const isQuoted = (before.match(/"/g)?.length ?? 0) % 2 === 1;
  if (value && isQuoted === value[2].startsWith('"')) {
    return { field: value[1], typed: value[2], from: caret - value[2].length, to: caret };
  }
  const name = isQuoted ? null : /(?:^|[\s(])-?([\p{L}_][\p{L}\p{N}_.\-/@]*)$/u.exec(before);
  return name && { typed: name[1], from: caret - name[1].length, to: caret };
}

const key = 'culvert-queries';

export function history() {
  try {
    const list = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
  } catch {
    return [];
  }
}

export function remember(query) {
  if (!query.trim()) return;
  const list = [query, ...history().filter((item) => item !== query)].slice(0, 30);
  localStorage.setItem(key, JSON.stringify(list));
}
