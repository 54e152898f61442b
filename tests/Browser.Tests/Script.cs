namespace Tanlu.Browser.Tests;

/// <summary>Questions to a page, as the script that answers them.</summary>
internal static class Script
{
    /// <summary>The visible texts without any Chinese, but for the parts that are marked as another language or as code.</summary>
    public const string TextsWithoutChinese =
        """
        () => {
          const own = document.documentElement.lang;
          const words = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            const at = node.parentElement;
            if (at.closest('code, script, style, datalist, template, [translate=no]')) continue;
            const marked = at.closest('[lang]');
            if (marked && marked.lang !== own) continue;
            if (!at.checkVisibility({ visibilityProperty: true }) && !at.closest('option')) continue;
            // A name that a person gave may hold both languages; a text of ours that was forgotten holds no Chinese at all.
            if (!/\p{Script=Han}/u.test(node.data)) words.push(node.data.trim());
          }
          return words.join('\n');
        }
        """;

    /// <summary>Empty, or the elements that make the page wider than its window.</summary>
    public const string WiderThanWindow =
        """
        () => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          return [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('.table-scroll *, dialog:not([open]) *'))
            .slice(-3).map(e => `scrolls sideways: ${e.outerHTML.slice(0, 160)}`)
            .concat(`scrolls sideways: ${document.documentElement.scrollWidth} > ${width}`);
        }
        """;

    /// <summary>What axe finds that stops a reader: the rules named in the argument, or all.</summary>
    public const string AxeFindings =
        """
        async rules => {
          const options = { resultTypes: ['violations'], ...(rules.length ? { runOnly: { type: 'rule', values: rules } } : {}) };
          const found = await axe.run(document, options);
          return found.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
            .flatMap(v => v.nodes.slice(0, 5).map(n => `axe ${v.id}: ${v.help}: ${n.target} ${n.html.slice(0, 200)}`));
        }
        """;

    /// <summary>True when every chart is drawn, every part that comes later is there, and nothing is asked for.</summary>
    public const string Settled =
        """
        () => document.readyState === 'complete' && [...document.querySelectorAll('[data-chart]')].every(c => c.querySelector('canvas'))
          && !document.querySelector('.htmx-request, .lazy .skeleton')
        """;
}
