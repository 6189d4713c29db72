/*
 * Runs in the page: what of WCAG 2.2 AA can be computed. Its value is a list of faults, each with the element that has it.
 */
(() => {
  const faults = [];
  const fault = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)].filter(isSeen);

  if (document.documentElement.lang === '') faults.push('no language');
  if (document.title === '') faults.push('no title');
  for (const [selector, most] of [
    ['main', 1],
    ['header', 1],
    ['h1', 1],
  ])
    if (all(selector).length !== most) faults.push(`${all(selector).length} of ${selector}`);
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) faults.push(`id ${id} twice`);
  let level = 0;
  for (const heading of all('h1, h2, h3, h4')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) fault('a level of headings is skipped', heading);
    level = own;
  }
  for (const list of all('ul, ol')) if ([...list.children].some(({ tagName }) => tagName !== 'LI')) fault('no list', list);

  const nameOf = (element) => {
    const by = element.getAttribute('aria-labelledby');
    if (by !== null) return document.getElementById(by)?.textContent ?? '';
    const labels = element.labels === undefined || element.labels === null ? [] : [...element.labels];
    return element.getAttribute('aria-label') ?? (labels.length > 0 ? labels[0].textContent : element.textContent);
  };
  for (const element of all('button, a, input, select, dialog, progress, [role=img], section, nav'))
    if (nameOf(element).trim() === '' && !element.matches('section:not([aria-label], [aria-labelledby])'))
      fault('no name', element);
  for (const element of all('svg'))
    if (!element.matches('[role=img], [aria-hidden=true]')) fault('neither a picture nor hidden', element);
  for (const element of all('button, .button, select, input')) {
    const { width, height } = element.getBoundingClientRect();
    if (Math.min(width, height) < 18 || (element.matches('button, .button') && height < 24)) fault('too small to hit', element);
  }

  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const colourOf = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const groundOf = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = colourOf(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let looked = 0;
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !isSeen(element) || element.matches('title, option, .unseen, .unseen *')) continue;
    const style = getComputedStyle(element);
    const isDrawn = element.closest('svg') !== null;
    const size = Number.parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const found = contrast(colourOf(isDrawn ? style.fill : style.color), groundOf(element));
    looked += 1;
    if (found < least) fault(`contrast ${found.toFixed(2)} of ${least}`, element);
  }
  for (const shape of all('.badge circle, .sent')) {
    const found = contrast(colourOf(getComputedStyle(shape).fill), groundOf(shape.closest('svg')));
    if (found < 3) fault(`contrast ${found.toFixed(2)} of 3`, shape);
  }
  if (looked === 0) faults.push('no text was found');
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`scrolls sideways: ${scrollWidth} of ${clientWidth} px`);
  return faults;
})();
