// Passkeys: gets the server's question, has the authenticator answer it, and sends the answer with the form that stands on the page.
// Without this file, or in a browser that knows no passkeys, those forms stay hidden.
(() => {
  'use strict';
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) return;

  async function answer(form) {
    const asked = await fetch(form.dataset.passkey, {
      method: 'POST',
      headers: { 'X-Form-Token': form.elements.namedItem('__RequestVerificationToken').value },
    });
    if (!asked.ok) throw new Error(String(asked.status));
    const question = await asked.json();
    return form.dataset.passkeyMakes === undefined
      ? navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) })
      : navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) });
  }

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const failed = form.querySelector('[data-passkey-failed]');
    form.hidden = false;
    form.addEventListener('submit', async event => {
      event.preventDefault();
      failed.hidden = true;
      const button = form.querySelector('button');
      button.disabled = true;
      try {
        form.elements.namedItem('answer').value = JSON.stringify(await answer(form));
        form.submit();
      } catch {
        failed.hidden = false;
        button.disabled = false;
      }
    });
  }
})();
