// One record moved by script: what the form of its card would send, answered as JSON. A question of the server is asked, and asked again
// with the answer.

const token = document.querySelector('meta[name="form-token"]')?.content ?? '';

async function post(address, fields) {
  const answer = await fetch(address, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ ...fields, form_token: token }),
  });
  return { ok: answer.ok, json: await answer.json().catch(() => null) };
}

// Resolves to true where somebody agrees.
function ask(words, anyway, cancel) {
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog asks';
  const text = document.createElement('p');
  text.textContent = words;
  const row = document.createElement('form');
  row.method = 'dialog';
  row.className = 'row';
  for (const [value, label, look] of [['yes', anyway, 'btn primary big'], ['', cancel, 'btn quiet big']]) {
    const button = document.createElement('button');
    Object.assign(button, { value, textContent: label, className: look });
    row.append(button);
  }
  dialog.append(text, row);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes');
      dialog.remove();
    });
  });
}

// Answers { version, said }, or { why } where it was refused. Throws only when the server was not reached.
export async function move(address, fields, { anyway, cancel }) {
  let answer = await post(address, fields);
  if (!answer.ok && answer.json?.ask && (await ask(answer.json.why, anyway, cancel))) {
    answer = await post(address, { ...fields, confirm: answer.json.ask });
  }
  if (answer.ok && answer.json) return answer.json;
  return { why: answer.json?.why ?? '' };
}
