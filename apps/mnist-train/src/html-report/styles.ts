import { dark, light, properties } from "laboratory";

export const styles = `
:root { color-scheme: light; ${properties(light)} }
@media (prefers-color-scheme: dark) { :root:not([data-theme]) { color-scheme: dark; ${properties(dark)} } }
:root[data-theme="dark"] { color-scheme: dark; ${properties(dark)} }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
body > * { max-width: 1080px; margin-inline: auto; padding-inline: 16px; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code, .figure { font: .875em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .25rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 0 0 .25rem; }
h3 { font-size: 1rem; margin: .75rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: .25rem 0 .5rem; max-width: 90ch; text-wrap: pretty; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
header { display: flex; gap: 8px; justify-content: space-between; align-items: center; padding-block: 12px; }
header p { margin: 0; overflow-wrap: anywhere; }
button { font: inherit; font-size: .8125rem; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 2px 9px; min-height: 28px; cursor: pointer; }
button.theme { flex: none; }
button:hover { border-color: var(--muted); }
button[aria-pressed="true"].switch { background: var(--text); color: var(--card); border-color: var(--text); }
main { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); padding-bottom: 32px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; }
.verdict { border-left: 8px solid var(--tone); }
.word { color: var(--tone); font-weight: 600; }
.verdict .word { display: inline-flex; gap: .4em; align-items: center; color: var(--tone); font-weight: 700; margin: 0; }
.good { --tone: var(--good); } .bad { --tone: var(--bad); } .unsure { --tone: var(--warn); }
.sides { display: grid; gap: 8px 32px; grid-template-columns: minmax(0, 1fr) auto; align-items: start; }
.fault { border-left: 3px solid var(--tone); padding-left: 12px; margin: 12px 0; }
.fault h2 { font-size: 1rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; margin: .5rem 0; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
.checks { list-style: none; margin: 0; padding: 0; }
.checks li { padding: 8px 0; border-top: 1px solid var(--line); }
.checks li { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 0 24px; }
.checks li > div:first-child { display: flex; gap: 12px; align-items: baseline; }
.checks .figure { white-space: nowrap; }
.checks p { margin: 0; }
.checks .word { color: var(--tone); font-weight: 600; flex: none; width: 5.4em; white-space: nowrap; }
.todo { border-left: 3px solid var(--tone); padding-left: 8px; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 10px; text-align: right; border-bottom: 1px solid var(--line); font-weight: normal; }
thead th { color: var(--muted); vertical-align: bottom; }
th:first-child { text-align: left; padding-left: 0; }
caption { caption-side: bottom; text-align: left; max-width: 360px; color: var(--muted); padding-top: 4px; }
.pair { display: grid; gap: 16px 24px; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); }
.pair > * { min-width: 0; }
.pair + .pair { margin-top: 16px; }
figure { margin: 0; min-width: 0; }
figcaption { display: flex; gap: 4px 12px; justify-content: space-between; align-items: center; flex-wrap: wrap; }
figcaption h3 { margin: 0; }
.tools { display: flex; gap: 4px; }
.plot { min-height: 250px; border-radius: 6px; }
.legend { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(var(--column), 100%), 1fr)); gap: 0 8px; margin: 4px 0; padding: 0; list-style: none; }
.legend button { display: flex; gap: 6px; align-items: center; width: 100%; text-align: left; border-color: transparent; padding-inline: 4px; line-height: 1.25; }
.legend svg { flex: none; }
.legend button[aria-pressed="false"] { text-decoration: line-through; color: var(--muted); }
.legend .value { margin-left: auto; white-space: nowrap; font-weight: 600; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; color: var(--link); font-size: .875rem; width: max-content; max-width: 100%; }
.scroll { overflow: auto; max-height: 360px; }
.scroll thead th { position: sticky; top: 0; background: var(--card); }
.uplot .u-select { background: color-mix(in srgb, var(--link) 20%, transparent); }
.uplot .u-cursor-x, .uplot .u-cursor-y { border-color: var(--muted) !important; }
.confusion { width: 100%; table-layout: fixed; font-size: .8125rem; }
.confusion th, .confusion td { text-align: center; padding: 3px 0; }
.confusion td { background: color-mix(in srgb, var(--shade) calc(var(--share) * 45%), var(--card)); }
.confusion .hit { --shade: var(--series-1); } .confusion .miss { --shade: var(--series-2); }
.confusion .none { color: var(--muted); }
.mistakes { list-style: none; display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(88px, 1fr)); margin: .5rem 0; padding: 0; font-size: .8125rem; line-height: 1.35; }
.mistakes img { display: block; width: 84px; image-rendering: pixelated; border: 1px solid var(--line); border-radius: 4px; margin-bottom: 4px; }
.wide { overflow-x: auto; }
.results .word { white-space: nowrap; }
@media (max-width: 800px) { .sides { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 560px) {
  section { padding: 12px; } body > * { padding-inline: 8px; }
  h1 { font-size: 1.25rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: 6px; }
  .checks li { grid-template-columns: minmax(0, 1fr); }
  .results th, .results td { padding-inline: 5px; font-size: .8125rem; }
  .confusion { font-size: .6875rem; }
}
@page { margin: 12mm; }
@media print {
  body { background: none; font-size: 11pt; }
  section { border: none; border-top: 1px solid var(--line); border-radius: 0; padding: 8px 0; }
  .verdict { border-left: 8px solid var(--tone); padding-left: 12px; }
  button.theme, .tools, details { display: none; }
  .sides { grid-template-columns: minmax(0, 1fr); }
  .plot { min-height: 0; }
  .pair { grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); }
  .uplot, .uplot .u-wrap { width: 100% !important; height: auto !important; }
  .uplot canvas { width: 100%; height: auto !important; }
  .uplot .u-over, .uplot .u-under { display: none; }
  .wide, .scroll { overflow: visible; }
  #settings table { font-size: 8pt; }
  #settings th, #settings td { padding-inline: 4px; overflow-wrap: anywhere; }
  figure, .checks li, .fault, .mistakes li { break-inside: avoid; }
  h2, h3, section > p.muted { break-inside: avoid; break-after: avoid; }
  .mistakes { grid-template-columns: repeat(10, minmax(0, 1fr)); gap: 8px; font-size: .6875rem; }
  .mistakes img { width: 100%; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
