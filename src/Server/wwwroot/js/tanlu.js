// Everything works without this file; it adds shortcuts, the drawer, copying and charts.
(() => {
  'use strict';
  document.documentElement.classList.add('script');

  const drawer = document.getElementById('drawer');
  const said = document.getElementById('said');

  function say(text) {
    if (!said) return;
    said.textContent = text;
    said.classList.add('shown');
    clearTimeout(say.timer);
    say.timer = setTimeout(() => said.classList.remove('shown'), 4000);
  }

  // htmx carries data-* only; the drawer opens when its content has arrived, so it never shows empty.
  document.addEventListener('htmx:afterSwap', event => {
    if (event.detail.target.id === 'drawer-body' && !drawer.open) drawer.showModal();
  });
  document.addEventListener('htmx:afterSettle', event => draw(event.detail.elt));
  document.addEventListener('htmx:responseError', event => {
    // A refused form comes back as a page with its problems; everything else is said in words.
    if (event.detail.xhr.status !== 422 && said) say(said.dataset.failed);
  });
  document.addEventListener('htmx:sendError', () => said && say(said.dataset.failed));
  document.addEventListener('htmx:beforeSwap', event => {
    if (event.detail.xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  document.addEventListener('click', event => {
    const at = event.target.closest('[data-drawer-close],[data-copy],[data-chart-save]');
    if (at?.matches('[data-drawer-close]')) drawer.close();
    if (at?.matches('[data-copy]')) copy(at.dataset.copy);
    if (at?.matches('[data-chart-save]')) save(at.dataset.chartOf, at.dataset.chartSave);
    if (event.target === drawer) drawer.close();
    for (const menu of document.querySelectorAll('details[data-menu][open]')) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const results = document.getElementById('search-results');
    if (results && !event.target.closest('[data-search]')) results.replaceChildren();
  });

  async function copy(address) {
    await navigator.clipboard.writeText(new URL(address, location.href).href);
    say(said.dataset.copied);
  }

  document.addEventListener('keydown', event => {
    const search = document.getElementById('search');
    const typing = event.target.closest('input, textarea, select, [contenteditable]');
    if (search && ((event.key === '/' && !typing) || (event.key === 'k' && (event.ctrlKey || event.metaKey)))) {
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === 'Escape') {
      for (const menu of document.querySelectorAll('details[data-menu][open]')) {
        menu.open = false;
        menu.querySelector('summary').focus();
      }
      document.getElementById('search-results')?.replaceChildren();
    }
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && event.target.closest('[data-search]')) {
      const stops = [search, ...document.querySelectorAll('#search-results a')];
      const next = stops[stops.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  });

  document.addEventListener('change', event => {
    if (event.target.matches('[data-scope-form] select')) event.target.form.requestSubmit();
    if (event.target.matches('[data-upload] input[type=file]')) {
      const names = [...event.target.files].map(f => f.name).join(', ');
      event.target.closest('[data-upload]').querySelector('[data-upload-name]').textContent = names;
    }
  });

  for (const name of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(name, event => {
      const drop = event.target.closest?.('[data-upload]');
      if (!drop) return;
      event.preventDefault();
      drop.classList.toggle('over', name === 'dragover');
      if (name === 'drop') {
        const field = drop.querySelector('input[type=file]');
        field.files = event.dataTransfer.files;
        field.dispatchEvent(new Event('change', { bubbles: true }));
      }
    });
  }

  document.addEventListener('htmx:xhr:progress', event => {
    const bar = event.target.querySelector?.('[data-upload-progress]');
    if (!bar || !event.detail.lengthComputable) return;
    const percent = Math.round((event.detail.loaded / event.detail.total) * 100);
    bar.hidden = false;
    bar.querySelector('progress').value = percent;
    bar.querySelector('[data-upload-percent]').textContent = percent;
  });

  // The chart library is large, so it comes only with the first chart.
  async function draw(within) {
    const places = [...(within ?? document).querySelectorAll('[data-chart]:not([data-drawn])')];
    if (places.length === 0) return;
    const charts = await import(places[0].dataset.module);
    await Promise.all(places.map(place => charts.draw(place)));
  }

  async function save(id, form) {
    const place = document.getElementById(id);
    const charts = await import(place.dataset.module);
    await charts.save(place, form);
  }

  // Tables behind charts stand open on paper.
  addEventListener('beforeprint', () => {
    for (const table of document.querySelectorAll('.chart-table, .explain details, .caveats details')) table.open = true;
  });

  draw(document);
})();
