// A short message over the page. Failures stay until they are clicked away or Esc is pressed.

export function toast(text, failed = false) {
  const box = document.querySelector('[data-toasts]');
  if (!box) return;
  const message = document.createElement('div');
  message.className = failed ? 'toast' : 'toast fades';
  if (failed) message.setAttribute('role', 'alert');
  const mark = document.createElement('b');
  mark.className = failed ? 't-bad' : 't-ok';
  mark.setAttribute('aria-hidden', 'true');
  mark.textContent = failed ? '!' : '✓';
  const words = document.createElement('span');
  words.textContent = text;
  message.append(mark, words);
  message.addEventListener('click', () => message.remove());
  message.addEventListener('animationend', () => message.remove());
  box.replaceChildren(message);
}
