// Turns the select of a reference into a field that searches: on the server, or in the choices of the select itself (data-local). The
// select stays and carries the value of the form; where each choice is one more of many (data-adds), a ticked box above it does.

let made = 0;

function picker(box) {
  const select = box.querySelector('select');
  if (!select || select.disabled) return;
  const { hint, searching, none, failed, clear } = box.dataset;
  const adds = 'adds' in box.dataset;
  const local = 'local' in box.dataset ? [...select.options].filter((each) => each.value).map((each) => ({ id: each.value, title: each.textContent })) : null;
  const many = adds ? box.closest('[data-many]') : null;
  const input = document.createElement('input');
  const list = document.createElement('div');
  const wipe = document.createElement('button');
  const id = `reference-${(made += 1)}`;
  let active = -1;
  let request = null;
  let timer = 0;
  // What is listed belongs to other words than those typed by now; Enter then waits for the answer.
  let stale = false;
  let wanted = false;

  const chosen = () => (select.value ? select.selectedOptions[0]?.textContent ?? '' : '');
  const options = () => [...list.querySelectorAll('[role="option"]')];
  const say = (words) => {
    const line = document.createElement('p');
    line.textContent = words;
    list.replaceChildren(line);
  };
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const reset = () => {
    stale = false;
    wanted = false;
    close();
    request?.abort();
    clearTimeout(timer);
    input.value = chosen();
    wipe.hidden = !select.value;
  };
  const choose = (value, title) => {
    if (adds && value) {
      add(many, value, title);
      return reset();
    }
    if (value && ![...select.options].some((each) => each.value === value)) select.append(new Option(title, value));
    select.value = value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
    reset();
  };
  // In a table the list would be cut off by the box that scrolls.
  const place = () => {
    if (!box.closest('.tw')) return;
    const { left, bottom, width } = input.getBoundingClientRect();
    Object.assign(list.style, { position: 'fixed', left: `${left}px`, top: `${bottom + 4}px`, width: `${Math.max(width, 220)}px`, right: 'auto' });
  };
  const mark = (index) => {
    const all = options();
    active = all.length ? (index + all.length) % all.length : -1;
    all.forEach((each, n) => each.setAttribute('aria-selected', String(n === active)));
    all[active]?.scrollIntoView({ block: 'nearest' });
    if (all[active]) input.setAttribute('aria-activedescendant', all[active].id);
  };
  const show = (results) => {
    stale = false;
    if (!results.length) return say(none);
    list.replaceChildren(...results.map(({ id: value, title, snippet }, n) => {
      const option = document.createElement('div');
      Object.assign(option, { className: 'opt', id: `${id}-${n}`, role: 'option' });
      option.dataset.value = value;
      option.dataset.title = title;
      option.append(title);
      if (snippet) {
        const small = document.createElement('span');
        small.className = 'small faint';
        small.textContent = snippet;
        option.append(small);
      }
      return option;
    }));
    mark(0);
    if (wanted && active >= 0) choose(options()[active].dataset.value, options()[active].dataset.title);
  };
  const search = async () => {
    const words = input.value === chosen() ? '' : input.value.trim();
    if (local) {
      const parts = words.toLowerCase().split(/\s+/);
      const taken = new Set(many ? [...many.querySelectorAll('.picked input:checked')].map((each) => each.value) : []);
      return show(local.filter(({ id, title }) => !taken.has(id) && parts.every((part) => title.toLowerCase().includes(part))).slice(0, 100));
    }
    const { reference: address, prefix = '' } = box.dataset;
    if (!address) return say(none);
    request?.abort();
    request = new AbortController();
    try {
      const url = `${address}${address.includes('?') ? '&' : '?'}q=${encodeURIComponent(words)}`;
      const answer = await fetch(url, { credentials: 'same-origin', headers: { accept: 'application/json' }, signal: request.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      show(((await answer.json()).results ?? []).map((each) => ({ ...each, id: prefix + each.id })));
    } catch (error) {
      if (error.name !== 'AbortError') say(failed);
    }
  };
  const open = (wait) => {
    list.hidden = false;
    place();
    input.setAttribute('aria-expanded', 'true');
    if (!list.childElementCount) say(searching);
    // The answer to former words must not pass for the answer to these: Enter would take a record nobody asked for.
    request?.abort();
    clearTimeout(timer);
    timer = setTimeout(search, wait);
  };

  Object.assign(input, { className: 'in', type: 'text', placeholder: hint, autocomplete: 'off', role: 'combobox', id: select.id });
  for (const [name, value] of [['aria-autocomplete', 'list'], ['aria-controls', id], ['aria-expanded', 'false']]) input.setAttribute(name, value);
  for (const name of ['aria-invalid', 'aria-describedby']) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  select.removeAttribute('id');
  select.required = false;
  select.hidden = true;
  Object.assign(list, { className: 'pop', id, hidden: true, role: 'listbox' });
  Object.assign(wipe, { className: 'clear', type: 'button', textContent: '×', ariaLabel: clear });
  box.append(input, wipe, list);
  reset();

  select.addEventListener('picker', reset);
  input.addEventListener('focus', () => input.select());
  input.addEventListener('click', () => list.hidden && open(0));
  input.addEventListener('input', () => {
    stale = true;
    open(local ? 0 : 150);
  });
  // Another window in front is no decision: what was typed stays.
  input.addEventListener('blur', () => document.activeElement !== input && reset());
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) open(0);
      else mark(active + (event.key === 'ArrowDown' ? 1 : -1));
    } else if (event.key === 'Enter' && !list.hidden) {
      event.preventDefault();
      const option = options()[active];
      if (stale) wanted = true;
      else if (option) choose(option.dataset.value, option.dataset.title);
    } else if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      reset();
    }
  });
  list.addEventListener('mousedown', (event) => {
    event.preventDefault();
    const option = event.target.closest('[role="option"]');
    if (option) choose(option.dataset.value, option.dataset.title);
  });
  wipe.addEventListener('click', () => {
    choose('', '');
    input.focus();
  });
}

// One more of many: a ticked box that a click takes away again.
function add(many, value, title) {
  const list = many.querySelector('.picked');
  const known = [...list.querySelectorAll('input')].find((each) => each.value === value);
  if (known) known.checked = true;
  else {
    const item = document.createElement('li');
    const label = document.createElement('label');
    const tick = document.createElement('input');
    const words = document.createElement('span');
    const cross = document.createElement('span');
    Object.assign(tick, { type: 'checkbox', name: many.dataset.many, value, checked: true });
    words.textContent = title;
    Object.assign(cross, { className: 'x', title: many.dataset.remove.replace('{title}', title), textContent: '×' });
    label.className = 'chip';
    label.append(tick, words, cross);
    item.append(label);
    list.append(item);
  }
  list.dispatchEvent(new Event('change', { bubbles: true }));
}

// Another kind of record: another search, and the former record is not meant any more.
function kinds(any) {
  const kind = any.querySelector('select[name$=".object"]');
  const box = any.querySelector('.ref');
  kind?.addEventListener('change', () => {
    const record = box.querySelector('select');
    box.dataset.reference = kind.selectedOptions[0].dataset.search ?? '';
    box.dataset.prefix = kind.value ? `${kind.value}/` : '';
    record.replaceChildren(new Option('', ''));
    record.dispatchEvent(new Event('picker'));
    if (kind.value) box.querySelector('input')?.focus();
  });
}

export function enhance(root) {
  root.querySelectorAll('[data-reference], [data-local]').forEach(picker);
  root.querySelectorAll('[data-any]').forEach(kinds);
}

enhance(document);
