// Draws the options that Charts.cs writes. Names with a leading $ are ours: $unit, $short, $text, $href, $end, $words, and colours "$scope1".
const drawn = new Map();
let library;

const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function palette(value) {
  if (Array.isArray(value)) return value.map(palette);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, palette(v)]));
  return typeof value === 'string' && /^\$(scope\d|c\d)$/.test(value) ? style(`--${value.slice(1)}`) : value;
}

const exact = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 6 });
const short = new Intl.NumberFormat(document.documentElement.lang, { notation: 'compact', maximumFractionDigits: 1 });

function tip(rows, title, unit) {
  const box = document.createElement('div');
  box.className = 'tip';
  if (title) box.append(Object.assign(document.createElement('p'), { className: 'tip-title', textContent: title }));
  for (const [colour, name, value] of rows) {
    const row = document.createElement('p');
    const dot = document.createElement('span');
    dot.className = 'dot';
    dot.style.background = colour;
    const number = Object.assign(document.createElement('strong'), { textContent: `${value === null || value === undefined ? '–' : exact.format(value)} ${unit}` });
    row.append(dot, Object.assign(document.createElement('span'), { textContent: name }), number);
    box.append(row);
  }
  return box;
}

function dressed(raw, width) {
  const narrow = width < 480;
  const size = document.documentElement.classList.contains('wall') ? n => Math.round(n * 1.4) : n => n;
  const option = palette(raw);
  const unit = option.$unit ?? '';
  const ink = style('--ink');
  const muted = style('--muted');
  const line = style('--line');
  const surface = style('--surface');
  const font = getComputedStyle(document.body).fontFamily;
  option.textStyle = { fontFamily: font, color: ink };
  option.animationDuration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 350;
  option.tooltip = { confine: true, className: 'chart-tip', backgroundColor: surface, borderColor: line, borderWidth: 1, padding: 0, extraCssText: '', transitionDuration: 0 };
  const kind = option.series[0].type;
  if (kind === 'sankey') {
    const series = option.series[0];
    const ends = new Map(series.data.map(n => [n.name, n]));
    // Names of the last column stand inside, so that nothing is cut off at the edge.
    Object.assign(series, {
      left: 4, right: narrow ? 4 : 8, top: 8, bottom: 8, nodeWidth: 10, nodeGap: series.data.length > 12 ? 13 : 18, draggable: false, layoutIterations: 48,
      emphasis: { focus: 'adjacency' },
      lineStyle: { color: 'gradient', opacity: 0.28, curveness: 0.5 },
      itemStyle: { borderWidth: 0, borderRadius: 3 },
      label: { color: ink, fontSize: size(12), lineHeight: size(16), formatter: p => narrow ? `{n|${p.name.length > 9 ? p.name.slice(0, 8) + '…' : p.name}}` : `{n|${p.name}}  {v|${ends.get(p.name).$text}}`, rich: { n: { color: ink, fontSize: size(12) }, v: { color: muted, fontSize: size(11) } } },
      labelLayout: { hideOverlap: true },
      data: series.data.map(n => ({ ...n, label: n.$end ? { position: 'left' } : {} })),
    });
    option.tooltip.formatter = p => p.dataType === 'edge'
      ? tip([[p.color === 'gradient' ? muted : ends.get(p.data.source).itemStyle.color, `${p.data.source} → ${p.data.target}`, p.data.value]], '', unit)
      : tip([[p.color, p.name, p.value]], '', unit);
    return option;
  }
  const axis = { axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: muted, fontSize: size(11) }, splitLine: { lineStyle: { color: line } } };
  const labels = option.xAxis.$short;
  Object.assign(option.xAxis, axis);
  Object.assign(option.yAxis, axis, option.yAxis.type === 'value' ? { axisLine: { show: false } } : {});
  if (labels) {
    option.xAxis.axisLabel = { ...axis.axisLabel, lineHeight: size(15), hideOverlap: true, formatter: (_, i) => labels[i] };
    option.yAxis.axisLabel = { ...axis.axisLabel, formatter: v => short.format(v) };
    option.tooltip.trigger = 'axis';
    option.tooltip.axisPointer = { type: 'shadow', shadowStyle: { color: muted, opacity: 0.1 } };
    option.tooltip.formatter = rows => tip(rows.map(r => [r.color, r.seriesName, r.value]).reverse(), rows[0].name, unit);
    option.legend = { ...option.legend, top: 0, left: 0, itemWidth: 10, itemHeight: 10, itemGap: 16, icon: 'roundRect', textStyle: { color: muted, fontSize: size(12) } };
    option.series.forEach((s, i) => {
      s.barMaxWidth = 28;
      s.barCategoryGap = '30%';
      s.itemStyle = { borderRadius: i === option.series.length - 1 ? [3, 3, 0, 0] : 0, borderColor: surface, borderWidth: 0.5 };
      if (s.markLine) Object.assign(s.markLine, { symbol: 'none', silent: true, lineStyle: { color: ink, type: 'dashed', width: 1 }, label: { formatter: s.markLine.$words, position: 'insideStartTop', color: ink, fontSize: size(11), backgroundColor: surface, padding: [2, 5], borderRadius: 3 } });
    });
  } else {
    option.yAxis.axisLine = { show: false };
    option.yAxis.axisLabel = { color: ink, fontSize: size(12), width: Math.round(width * 0.36), overflow: 'truncate' };
    option.tooltip.formatter = p => tip([[p.color, p.name, p.value]], '', unit);
    option.series[0].barMaxWidth = 18;
    option.series[0].itemStyle = { borderRadius: [0, 3, 3, 0] };
    option.series[0].label = { show: true, position: 'right', color: muted, fontSize: size(12), formatter: p => p.data.$text };
  }
  return option;
}

/** Draws the option of the element's data-chart; a click on a mark with an address opens its explanation. */
export async function draw(place) {
  place.dataset.drawn = '';
  library ??= import(new URL(place.dataset.library, location.href));
  const echarts = await library;
  const raw = JSON.parse(place.dataset.chart);
  const chart = echarts.init(place, null, { renderer: 'canvas' });
  const render = () => chart.setOption(dressed(raw, place.clientWidth), true);
  render();
  chart.on('click', p => {
    if (p.data?.$href) htmx.ajax('GET', p.data.$href, { target: '#drawer-body', swap: 'innerHTML' });
  });
  new ResizeObserver(() => chart.resize()).observe(place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', render);
  drawn.set(place, { echarts, chart, raw });
}

/** Saves the drawing as a PNG (twice the size on the screen) or SVG file. */
export async function save(place, form) {
  const { echarts, chart, raw } = drawn.get(place);
  const backgroundColor = style('--surface');
  let blob;
  if (form === 'png') {
    const canvas = chart.renderToCanvas({ pixelRatio: 2, backgroundColor });
    blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
  } else {
    const holder = echarts.init(null, null, { renderer: 'svg', ssr: true, width: place.clientWidth, height: place.clientHeight });
    holder.setOption({ ...dressed(raw, place.clientWidth), animation: false, backgroundColor });
    blob = new Blob([holder.renderToSVGString()], { type: 'image/svg+xml' });
    holder.dispose();
  }
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: `${place.dataset.title}.${form}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
