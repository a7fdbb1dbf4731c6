// Files of a record are uploaded as soon as they are chosen or dropped, with progress; the form then holds their ids.

const token = document.querySelector('meta[name="form-token"]')?.content ?? '';

function field(box) {
  const input = box.querySelector('input[type="file"]');
  const list = box.querySelector('.attached');
  if (!input) return;

  const row = (name) => {
    const item = document.createElement('li');
    const words = document.createElement('span');
    const bar = document.createElement('progress');
    words.className = 'clip';
    words.textContent = name;
    Object.assign(bar, { max: 100, value: 0, ariaLabel: name });
    item.append(words, bar);
    list.append(item);
    return { item, words, bar };
  };
  const settle = ({ item, words, bar }, file, id) => {
    const tick = document.createElement('input');
    const link = document.createElement('a');
    Object.assign(tick, { type: 'checkbox', name: box.dataset.name, value: id, checked: true, ariaLabel: box.dataset.remove.replace('{title}', file.name) });
    Object.assign(link, { className: 'clip', href: `${box.dataset.files}/${id}`, textContent: file.name });
    bar.remove();
    words.replaceWith(link);
    item.prepend(tick);
    box.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const fail = ({ words, bar }, file, reason) => {
    bar.remove();
    words.className = 'err';
    words.setAttribute('role', 'alert');
    words.textContent = [box.dataset.failed.replace('{name}', file.name), reason].filter(Boolean).join(' · ');
  };
  const upload = (file) => {
    const shown = row(file.name);
    const body = new FormData();
    body.append('file', file);
    const request = new XMLHttpRequest();
    request.open('POST', box.dataset.files);
    request.setRequestHeader('x-form-token', token);
    request.setRequestHeader('accept', 'application/json');
    request.responseType = 'json';
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) shown.bar.value = (event.loaded / event.total) * 100;
    });
    request.addEventListener('load', () => {
      const id = request.response?.id;
      if (request.status < 300 && id) settle(shown, file, id);
      else fail(shown, file, request.response?.title);
    });
    request.addEventListener('error', () => fail(shown, file, ''));
    request.send(body);
  };
  const take = (files) => [...files].forEach(upload);

  input.addEventListener('change', () => {
    take(input.files);
    input.value = '';
  });
  box.addEventListener('dragover', (event) => event.preventDefault());
  box.addEventListener('drop', (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
}

document.querySelectorAll('[data-files]').forEach(field);
