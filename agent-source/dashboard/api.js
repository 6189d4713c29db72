/** What the agent said no with. */
export class ApiError extends Error {
  constructor(status, { kind, message, hint }) {
    super(message);
    this.status = status;
    this.kind = kind;
    this.hint = hint;
  }
}

export function get(path) {
  return call(path, { method: 'GET' });
}

export function post(path, value = {}) {
  return call(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });
}

export function blockPath(block, what) {
  return `/api/blocks/${encodeURIComponent(block)}/${what}`;
}

async function call(path, options) {
  const response = await fetch(path, options).catch(() => {
    throw new ApiError(0, { kind: 'unreachable', message: 'the agent does not answer', hint: 'Does `btsoot agent` run?' });
  });
  const value = await response.json().catch(() => ({}));
  if (response.ok) return value;
  throw new ApiError(response.status, value.error ?? { kind: 'io', message: `status ${response.status}`, hint: null });
}
