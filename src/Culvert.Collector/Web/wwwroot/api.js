// The collector's answers. Streams are read as they come; every call can be cancelled.

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function url(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

async function ask(path, parameters, signal) {
  let response;
  try {
    response = await fetch(url(path, parameters), { signal, headers: { Accept: 'application/json' } });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'The collector cannot be reached. It may have been stopped; start it with: culvert up');
  }
  if (response.ok) return response;
  let message = `The collector answered ${response.status}.`;
  try {
    message = (await response.json()).error ?? message;
  } catch { /* no sentence came with it */ }
  throw new ApiError(response.status, message);
}

// Numbers beyond 2^53 stay text: as JavaScript's numbers they would show, and filter by, another value.
const exact = (key, value, context) =>
  (typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '') ? context.source : value);

export const parse = (text) => JSON.parse(text, exact);

export const json = async (path, parameters, signal) => parse(await (await ask(path, parameters, signal)).text());

/** Reads a stream of records; returns its last line, the summary. */
export async function stream(path, parameters, signal, onRecords) {
  const response = await ask(path, parameters, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let summary = null;
  for (;;) {
    const { done, value } = await reader.read();
    rest += value ?? '';
    const lines = rest.split('\n');
    rest = done ? '' : lines.pop();
    const records = [];
    for (const line of lines) {
      if (!line) continue;
      const item = parse(line);
      if (item.summary) summary = item.summary;
      else records.push(item);
    }
    if (records.length) onRecords(records);
    if (done) break;
  }
  if (!summary) throw new ApiError(0, 'The answer broke off; what is shown may not be all.');
  return summary;
}
