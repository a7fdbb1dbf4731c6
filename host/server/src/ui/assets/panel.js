// Tools of a list: a link marked data-panel opens its page in a small panel under it; forms and links inside stay in the panel until the
// server says where to go. Without this script they are pages.
import { enhance } from './reference.js';

const box = document.createElement('div');
box.className = 'pop panel';
box.hidden = true;
box.setAttribute('role', 'dialog');
let opener = null;
let asked = 0;

function close(refocus) {
  if (box.hidden) return;
  box.hidden = true;
  asked += 1;
  opener?.setAttribute('aria-expanded', 'false');
  if (refocus) opener?.focus();
}

// Under the link, inside the window.
function place() {
  if (!opener || innerWidth <= 800) return box.removeAttribute('data-place');
  const link = opener.getBoundingClientRect();
  const left = Math.max(8, Math.min(link.left, innerWidth - box.offsetWidth - 8));
  const top = Math.min(link.bottom + 4, Math.max(8, innerHeight - box.offsetHeight - 8));
  Object.assign(box.style, { left: `${left}px`, top: `${top}px` });
}

function fill(html) {
  box.innerHTML = html;
  box.hidden = false;
  enhance(box);
  box.querySelectorAll('[data-condition]').forEach(fitCondition);
  const title = box.querySelector('h2');
  if (title) box.setAttribute('aria-label', title.textContent);
  place();
  const first = box.querySelector('[role="alert"] ~ form .in, [data-find-in], form .in:not([type="hidden"]), form input[type="checkbox"], a.opt');
  (first && first.checkVisibility?.() !== false ? first : box.querySelector('a, button'))?.focus();
}

async function load(address, options = {}) {
  const mine = (asked += 1);
  const late = setTimeout(() => mine === asked && box.setAttribute('aria-busy', 'true'), 150);
  try {
    const answer = await fetch(address, { credentials: 'same-origin', headers: { 'x-panel': '1', accept: 'text/html' }, ...options });
    if (mine !== asked) return;
    const to = answer.headers.get('x-go');
    if (to) return location.assign(to);
    const html = await answer.text();
    // Whatever is a whole page is shown as one.
    if (/^\s*<!doctype/i.test(html)) return location.assign(options.method === 'POST' ? location.href : address);
    fill(html);
  } catch {
    if (mine === asked) location.assign(options.method === 'POST' ? location.href : address);
  } finally {
    clearTimeout(late);
    box.removeAttribute('aria-busy');
  }
}

// Each relation has inputs of its own.
function fitCondition(form) {
  const relation = form.querySelector('[name="operator"]');
  const fit = () => {
    form.querySelectorAll('[data-for]').forEach((part) => {
      const on = part.dataset.for.split(' ').includes(relation.value);
      part.hidden = !on;
      // What is not asked for is not sent.
      part.querySelectorAll('input, select, textarea').forEach((input) => { input.disabled = !on; });
    });
    place();
  };
  relation.addEventListener('change', fit);
  fit();
}

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest?.('a[data-panel]');
  if (link) {
    event.preventDefault();
    if (!box.contains(link)) {
      if (opener === link && !box.hidden) return close(false);
      close(false);
      opener = link;
      if (!box.isConnected) document.body.append(box);
      box.replaceChildren();
      link.setAttribute('aria-expanded', 'true');
    }
    load(link.href);
  } else if (event.target.closest?.('[data-close-panel]') && box.contains(event.target)) {
    event.preventDefault();
    close(true);
  } else if (!box.hidden && !box.contains(event.target) && event.target.isConnected) {
    close(false);
  }
});

box.addEventListener('submit', (event) => {
  const form = event.target.closest('[data-panel-form]');
  if (!form) return;
  event.preventDefault();
  const by = event.submitter;
  const step = by?.name === 'then' ? by.value.split(' ') : [];
  if (step.length === 2 && (step[0] === 'up' || step[0] === 'down')) return move(by, step[0]);
  const data = new FormData(form, by);
  if (form.method === 'post') {
    load(form.action, { method: 'POST', body: new URLSearchParams(data) });
  } else {
    load(`${form.action}?${new URLSearchParams(data)}`);
  }
});

// A column goes one place up or down; what is not ticked keeps its place.
function move(button, way) {
  const line = button.closest('[data-column]');
  const other = way === 'up' ? line.previousElementSibling : line.nextElementSibling;
  if (other) line.parentElement.insertBefore(way === 'up' ? line : other, way === 'up' ? other : line);
  button.focus();
}

// Only what contains the words.
box.addEventListener('input', (event) => {
  const list = event.target.dataset?.findIn;
  if (!list) return;
  const words = event.target.value.trim().toLowerCase();
  box.querySelectorAll(`[data-found="${list}"] > li`).forEach((line) => { line.hidden = !line.textContent.toLowerCase().includes(words); });
});

box.addEventListener('keydown', (event) => {
  if (event.isComposing) return;
  if (event.key === 'Escape' && !event.defaultPrevented) {
    event.preventDefault();
    close(true);
  } else if (event.key === 'Enter' && event.target.dataset?.findIn) {
    event.preventDefault();
    box.querySelector('[data-found] > li:not([hidden]) a.opt')?.click();
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && (event.target.matches('a.opt') || event.target.dataset?.findIn)) {
    const all = [...box.querySelectorAll('a.opt')].filter((each) => each.checkVisibility?.() ?? true);
    const next = all.indexOf(event.target) + (event.key === 'ArrowDown' ? 1 : -1);
    event.preventDefault();
    all[Math.max(0, Math.min(next, all.length - 1))]?.focus();
  }
});

addEventListener('resize', place);
