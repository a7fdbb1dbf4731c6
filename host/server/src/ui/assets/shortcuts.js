// Keys: each presses a visible control that carries it as data-key. Letters work outside inputs only.

const typing = (target) => target.closest?.('input:not([type="checkbox"]), select, textarea, [contenteditable]');
const shown = (element) => element && (element.checkVisibility?.() ?? true);
const find = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(shown);
const closeMenus = (except) => document.querySelectorAll('details.drop-menu[open]').forEach((menu) => {
  if (menu !== except) menu.open = false;
});

function escape(event) {
  const menu = event.target.closest?.('details.drop-menu[open]') ?? document.querySelector('details.drop-menu[open]');
  if (menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
  } else if (typing(event.target)) {
    event.target.blur();
  } else if (document.querySelector('[data-toasts] .toast')) {
    document.querySelector('[data-toasts]').replaceChildren();
  } else if (!document.querySelector('[popover]:popover-open')) {
    find('Esc')?.click();
  }
}

function press(key) {
  const control = find(key);
  if (!control) return false;
  control.click();
  control.closest('details')?.querySelector('.pop input:not([type="hidden"]), .pop select')?.focus();
  return true;
}

addEventListener('keydown', (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's' && find('Ctrl S')) {
    event.preventDefault();
    find('Ctrl S').click();
  } else if (event.key === 'Escape') {
    escape(event);
  } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
    if (event.key === '?') document.getElementById('keys')?.togglePopover();
    else if (event.key === '/' || /^[a-z[\]]$/.test(event.key)) {
      if (press(event.key.toUpperCase())) event.preventDefault();
    }
  }
});

addEventListener('click', (event) => closeMenus(event.target.closest?.('details.drop-menu')));
