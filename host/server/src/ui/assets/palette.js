// The palette: opened by Ctrl K over every page. Words, options and rights come from the server; here are keys only.

const KEY = 'recent';
const MOST = 6;
let veil = null;
let before = null;
let active = -1;
let asked = 0;
let timer = 0;
let stale = false;
let wanted = null;

const stored = () => {
  try {
    return (localStorage.getItem(KEY) ?? '').split(',').filter((each) => /^[a-z0-9_]+\/[0-9a-f-]{36}$/.test(each));
  } catch {
    return [];
  }
};

// Which records were opened last, without their names: those are asked for, and only shown to who may see them.
function remember() {
  const place = location.pathname.match(/^\/o\/([a-z0-9_]+)\/([0-9a-f-]{36})$/);
  if (!place) return;
  const here = `${place[1]}/${place[2]}`;
  try {
    localStorage.setItem(KEY, [here, ...stored().filter((each) => each !== here)].slice(0, MOST).join(','));
  } catch {
    // No storage in this browser: nothing is remembered.
  }
}

document.querySelector('form[action="/logout"]')?.addEventListener('submit', () => {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was remembered.
  }
});

const ask = async (parameters) => {
  const answer = await fetch(`/search?${new URLSearchParams({ recent: stored().join(','), ...parameters })}`, { credentials: 'same-origin' });
  // The session has ended: this page itself knows the way to the login and back.
  if (answer.redirected) location.reload();
  if (!answer.ok) throw new Error(answer.status);
  return answer.text();
};

const part = (selector) => veil.querySelector(selector);
const options = () => [...veil.querySelectorAll('[role="option"]')];

function mark(at) {
  const all = options();
  if (all.length === 0) active = -1;
  else active = (at + all.length) % all.length;
  all.forEach((option, place) => {
    option.id = `pal-${place}`;
    option.setAttribute('aria-selected', String(place === active));
  });
  const input = part('input');
  if (active < 0) input.removeAttribute('aria-activedescendant');
  else {
    input.setAttribute('aria-activedescendant', `pal-${active}`);
    all[active].scrollIntoView({ block: 'nearest' });
  }
}

function go(option, apart) {
  if (!option) return;
  if (apart) window.open(option.href, '_blank', 'noopener');
  else location.assign(option.href);
  close();
}

function close() {
  clearTimeout(timer);
  asked += 1;
  wanted = null;
  veil?.remove();
  veil = null;
  before?.focus?.();
}

async function look() {
  const mine = (asked += 1);
  const busy = setTimeout(() => veil && asked === mine && (part('[data-busy]').hidden = false), 200);
  try {
    const list = await ask({ part: 'options', q: part('input').value });
    if (asked !== mine || !veil) return;
    part('#pal-list').innerHTML = list;
    part('[data-failed]').hidden = true;
    stale = false;
    mark(0);
    if (wanted) go(options()[active], wanted.apart);
  } catch {
    if (asked === mine && veil) {
      part('#pal-list').replaceChildren();
      part('[data-failed]').hidden = false;
      stale = false;
      active = -1;
    }
  } finally {
    clearTimeout(busy);
    if (asked === mine && veil) part('[data-busy]').hidden = true;
    wanted = null;
  }
}

function keys(event) {
  if (event.isComposing) return;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    mark(active + (event.key === 'ArrowDown' ? 1 : -1));
  } else if (event.key === 'Enter') {
    event.preventDefault();
    // What is shown still answers other words: the choice waits for the answer.
    if (stale) wanted = { apart: event.ctrlKey || event.metaKey };
    else go(options()[active], event.ctrlKey || event.metaKey);
  } else if (event.key === 'Escape') {
    event.preventDefault();
    close();
  } else if (event.key === 'Tab') event.preventDefault();
  event.stopPropagation();
}

async function open(link) {
  if (veil) return;
  before = document.activeElement;
  const mine = (asked += 1);
  let frame;
  try {
    frame = await ask({ part: 'palette' });
  } catch {
    // The page of the search says what is wrong.
    location.assign(link.href);
    return;
  }
  if (asked !== mine || veil) return;
  const box = document.createElement('div');
  box.innerHTML = frame;
  veil = box.firstElementChild;
  if (!veil?.matches('[data-palette-veil]')) {
    veil = null;
    return;
  }
  document.querySelector('nav.side:popover-open')?.hidePopover();
  document.body.append(veil);
  const input = part('input');
  input.focus();
  mark(0);
  veil.addEventListener('keydown', keys);
  veil.addEventListener('mousedown', (event) => event.target === veil && close());
  input.addEventListener('input', () => {
    stale = true;
    clearTimeout(timer);
    timer = setTimeout(look, 120);
  });
}

const link = document.querySelector('a[data-palette]');
link.addEventListener('click', (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  open(link);
});
addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    if (veil) close();
    else open(link);
  }
});
remember();
