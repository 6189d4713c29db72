/** An element. `on` holds listeners; of the other properties, `false` and `null` are left out, and `true` is an attribute without a value. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { on = {}, ...attributes } = properties;
  set(element, attributes);
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

/** As `h`, for drawings. */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Says it again only where it is another one, so that nobody's selection is lost. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** For those who hear the page. */
export function announce(text) {
  document.getElementById('announcer').textContent = text;
}

/** An error with its advice. */
export function notice(error) {
  const hint = error.hint ? h('p', {}, error.hint) : null;
  return h('div', { class: 'notice', role: 'alert' }, h('p', { class: 'strong' }, sentence(error.message)), hint);
}

/** Messages of the program begin in lower case, as a terminal shows them after a name. */
export function sentence(text) {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:]$/.test(whole) ? whole : `${whole}.`;
}
