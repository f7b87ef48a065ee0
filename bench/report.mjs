/** Figures to words: the verdict on each target, and the table in docs/performance.md. */
import { peers, rows, titles } from './rows.mjs';

const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What each target of a row came to: `{ met, text }`; none where a figure is missing. */
export function verdicts(row, figures) {
  return (row.targets ?? []).flatMap((target) => {
    const [name, other] = opponent(target.against, figures);
    const { ours } = figures;
    if (ours === undefined || other === undefined) return [];
    if (target.within !== undefined) {
      const ratio = ours / other;
      const met = ratio <= target.within;
      return [{ met, text: `${mark(met)} ${ratio.toFixed(2)}× of ${name} (≤ ${target.within})` }];
    }
    const ratio = other / ours;
    const met = ratio >= target.times;
    return [{ met, text: `${mark(met)} ${ratio.toFixed(1)}× faster than ${name} (≥ ${target.times})` }];
  });
}

function opponent(against, figures) {
  if (against !== 'peers') return [titles[against], figures[against]];
  const taken = peers.filter((peer) => figures[peer] !== undefined);
  const fastest = taken.sort((a, b) => figures[a] - figures[b])[0];
  return [titles[fastest], figures[fastest]];
}

const mark = (met) => (met ? 'met:' : '**not met**:');

/** The page with other text between its marks. */
export function between(page, text) {
  const before = page.slice(0, page.indexOf(START) + START.length);
  return `${before}\n\n${text}\n\n${page.slice(page.indexOf(END))}`;
}

/** The page with its table renewed; rows that were not measured now keep their lines. */
export function table(page, results, machine) {
  const old = new Map(
    page
      .slice(page.indexOf(START) + START.length, page.indexOf(END))
      .split('\n')
      .map((line) => [line.split(' | ')[0], line]),
  );
  const measured = new Map(results.map(({ row, figures }) => [row.name, line(row, figures)]));
  const lines = rows.map((row) => measured.get(row.name) ?? old.get(`| ${row.title}`)).filter(Boolean);
  const head = ['work', 'this package', 'CPython', 'Node pools', 'bare `node`', 'target'];
  return between(
    page,
    [machine, '', `| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...lines].join('\n'),
  );
}

function line(row, figures) {
  const unit = row.unit ?? 'ms';
  const cell = (columns, name) =>
    columns
      .filter((column) => figures[column] !== undefined)
      .map((column) => (name ? `${titles[column]} ` : '') + round(figures[column]))
      .join(', ');
  const cells = [
    row.title,
    figures.ours === undefined ? 'failed' : `**${round(figures.ours)}** ${unit}`,
    cell(['cpython'], false) +
      (figures['cpython-spawn'] === undefined ? '' : ` (spawn ${round(figures['cpython-spawn'])})`),
    cell([...peers, 'piscina-16'], true),
    cell(['bare'], false),
    verdicts(row, figures)
      .map(({ text }) => text)
      .join('; '),
  ];
  return `| ${cells.map((each) => each.trim()).join(' | ')} |`;
}

const round = (figure) => (figure < 10 ? figure.toFixed(1) : Math.round(figure).toLocaleString('en'));
