// What is shown, as the address says it: every view is a link, back and forward work.

const defaults = { view: 'search', q: '', range: '1h', from: '', to: '', live: false, record: null, scope: 'all' };

export function read(search = location.search) {
  const query = new URLSearchParams(search);
  const record = query.get('record');
  return {
    ...defaults,
    q: query.get('q') ?? '',
    range: /^(\d{1,4}[mhd]|all)$/.test(query.get('range') ?? '') ? query.get('range') : defaults.range,
    from: time(query.get('from')),
    to: time(query.get('to')),
    live: query.get('live') === '1',
    record: /^(\d{1,20}|[0-9a-f]{32}-[0-9a-f]{1,16}-[0-9a-f]{1,16})$/.test(record ?? '') ? record : null,
    scope: query.get('scope') === 'program' ? 'program' : 'all',
    view: record ? 'record' : query.get('view') === 'ledger' ? 'ledger' : 'search',
  };
}

export function address(state) {
  const query = new URLSearchParams();
  if (state.view === 'record') {
    query.set('record', state.record);
    if (state.scope === 'program') query.set('scope', 'program');
  } else if (state.view === 'ledger') {
    query.set('view', 'ledger');
  } else {
    if (state.q) query.set('q', state.q);
    if (state.from) query.set('from', state.from);
    if (state.to) query.set('to', state.to);
    if (!state.from && !state.to && state.range !== defaults.range) query.set('range', state.range);
    if (state.live) query.set('live', '1');
  }
  const text = query.toString();
  return text ? `/?${text}` : '/';
}

function time(text) {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}
