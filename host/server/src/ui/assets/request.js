// Requests of the page to its own server, with the session's form token.

const token = document.querySelector('meta[name="form-token"]')?.content ?? '';

// Sends JSON; answers { ok, status, version, json }. Throws only when the server was not reached.
export async function send(method, address, body, headers = {}) {
  const answer = await fetch(address, {
    method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', 'content-type': 'application/json', 'x-form-token': token, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const json = await answer.json().catch(() => null);
  return { ok: answer.ok, status: answer.status, version: answer.headers.get('etag'), json };
}

// What a refusal says to a person.
export function reason(json) {
  // The title is in the reader's language; a problem's detail is for programs.
  return json?.title ?? json?.problems?.[0]?.detail ?? json?.detail ?? '';
}
