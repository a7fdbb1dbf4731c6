// Turns the select of a reference into a field that searches on the server. The select stays and carries the value of the form.

let made = 0;

function picker(box) {
  const select = box.querySelector('select');
  if (!select || select.disabled) return;
  const { reference: address, hint, searching, none, failed, clear } = box.dataset;
  const input = document.createElement('input');
  const list = document.createElement('div');
  const wipe = document.createElement('button');
  const id = `reference-${(made += 1)}`;
  let active = -1;
  let request = null;
  let timer = 0;

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
    close();
    request?.abort();
    clearTimeout(timer);
    input.value = chosen();
    wipe.hidden = !select.value;
  };
  const choose = (value, title) => {
    if (value && ![...select.options].some((each) => each.value === value)) select.append(new Option(title, value));
    select.value = value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
    reset();
  };
  const mark = (index) => {
    const all = options();
    active = all.length ? (index + all.length) % all.length : -1;
    all.forEach((each, n) => each.setAttribute('aria-selected', String(n === active)));
    all[active]?.scrollIntoView({ block: 'nearest' });
    if (all[active]) input.setAttribute('aria-activedescendant', all[active].id);
  };
  const show = (results) => {
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
  };
  const search = async () => {
    request?.abort();
    request = new AbortController();
    try {
      const url = `${address}${address.includes('?') ? '&' : '?'}q=${encodeURIComponent(input.value.trim())}`;
      const answer = await fetch(url, { credentials: 'same-origin', headers: { accept: 'application/json' }, signal: request.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      show((await answer.json()).results ?? []);
    } catch (error) {
      if (error.name !== 'AbortError') say(failed);
    }
  };
  const open = (wait) => {
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    if (!list.childElementCount) say(searching);
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

  input.addEventListener('focus', () => input.select());
  input.addEventListener('click', () => list.hidden && open(0));
  input.addEventListener('input', () => open(150));
  input.addEventListener('blur', reset);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) open(0);
      else mark(active + (event.key === 'ArrowDown' ? 1 : -1));
    } else if (event.key === 'Enter' && !list.hidden) {
      event.preventDefault();
      const option = options()[active];
      if (option) choose(option.dataset.value, option.dataset.title);
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

document.querySelectorAll('[data-reference]').forEach(picker);
