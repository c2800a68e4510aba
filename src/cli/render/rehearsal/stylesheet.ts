/** The page's style sheet: light and dark, narrow and wide, screen and paper. It refers to nothing outside itself. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --paper: #f7f7f4; --card: #ffffff; --ink: #1b2125; --soft: #56616a; --line: #dcdfdd; --wash: #f1f3f1;
  --good: #0d6e55; --good-wash: #e2f2ec; --bad: #b3261e; --bad-wash: #fbe9e7; --unsure: #8a5a00; --unsure-wash: #faf0d8;
  --joint: #9db5ad; --weak: #7d6a3f;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181a; --card: #1c2124; --ink: #e7ebe9; --soft: #a3afb0; --line: #313a3d; --wash: #22292c;
    --good: #5cc7a4; --good-wash: #17332b; --bad: #ff8a80; --bad-wash: #3a1d1b; --unsure: #e9bc62; --unsure-wash: #352b14;
    --joint: #4d6a61; --weak: #c9b57f;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 3rem) 3rem; max-width: 82rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
}
h1, h2, h3, h4, p, ol, ul, dl, dd, pre { margin: 0; padding: 0; }
ol, ul { list-style: none; }
h1 { font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.4rem); line-height: 1.15; letter-spacing: -0.02em; overflow-wrap: anywhere; text-wrap: balance; }
h2 { font-size: 1.35rem; letter-spacing: -0.01em; line-height: 1.25; }
h3 { font-size: 1rem; line-height: 1.35; overflow-wrap: anywhere; }
h4 { font-size: 0.75rem; font-weight: 600; color: var(--soft); }
code, pre, dd, .file { font-family: var(--mono); font-size: 0.8125rem; font-variant-ligatures: none; overflow-wrap: anywhere; }
.lead { max-width: 44rem; color: var(--soft); text-wrap: pretty; }

header { padding-bottom: 1rem; }
.mark { font-weight: 650; letter-spacing: -0.01em; margin-bottom: 1.5rem; }
.mark span { font-weight: 400; color: var(--soft); }
.outcome { display: flex; align-items: center; gap: 0.6rem; margin: 1rem 0 1.25rem; font-size: 1.125rem; font-weight: 600; }
.outcome svg { width: 1.6rem; height: 1.6rem; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.outcome.passed { color: var(--good); } .outcome.failed { color: var(--bad); } .outcome.undecided { color: var(--unsure); }
.numbers { display: flex; flex-wrap: wrap; gap: 0.25rem 1.75rem; margin-bottom: 1rem; color: var(--soft); }
.numbers b { color: var(--ink); font-variant-numeric: tabular-nums; }
.notes { margin-top: 1rem; padding: 0.75rem 1rem; border-left: 3px solid var(--unsure); background: var(--unsure-wash); border-radius: 0 6px 6px 0; max-width: 46rem; }

main > section { margin-top: 3.5rem; }
main > section > .lead { margin: 0.4rem 0 1.5rem; }

.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem 1.25rem 1.25rem; }
.links > li { display: grid; justify-items: center; }
.links .card { width: 100%; max-width: 46rem; }
.origin { color: var(--soft); font-size: 0.875rem; margin-top: 0.15rem; }
.joint { display: grid; justify-items: center; gap: 0.3rem; padding: 0.3rem 1rem; max-width: 30rem; text-align: center; color: var(--soft); font-size: 0.875rem; line-height: 1.4; text-wrap: balance; }
.joint-mark { width: 1.1rem; height: 2.4rem; fill: none; stroke: var(--joint); stroke-width: 2.2; }
.joint span { order: -1; padding-top: 0.35rem; }
.fork { display: none; }
.lanes { display: grid; gap: 2.5rem clamp(1rem, 2.5vw, 2rem); }
.lane { min-width: 0; }

.digest { margin-top: 0.6rem; color: var(--good); }
.digest code { display: block; color: var(--soft); font-size: 0.72rem; margin-top: 0.3rem; line-height: 1.35; }
.fingerprint { display: block; width: 100%; max-width: 20rem; height: 1.5rem; fill: currentColor; }
.foreign .digest { color: var(--bad); }

.claims { margin-top: 0.9rem; padding-left: 0.8rem; border-left: 3px solid var(--good); }
.claims.statement-alone, .claims.index-alone, .claims.release-alone { border-left: 3px dotted var(--weak); }
.claims.measured-here { border-left-color: var(--joint); }
.claims.reason { border-left-color: var(--bad); }
.claims.reason h4 { color: var(--bad); font-family: var(--mono); }
.claims dl > div, .facts > div { display: grid; grid-template-columns: minmax(6.5rem, 9rem) minmax(0, 1fr); gap: 0 0.9rem; padding: 0.16rem 0; }
dt { color: var(--soft); font-size: 0.875rem; line-height: 1.45; }
dd { line-height: 1.5; }
.reason dd { font-family: inherit; font-size: 0.875rem; }
.attack .claims dl > div { grid-template-columns: 4.5rem minmax(0, 1fr); gap: 0 0.6rem; }

.legend { margin-top: 2.5rem; padding: 1rem 1.25rem; border-radius: 12px; background: var(--wash); }
.legend dl { margin-top: 0.5rem; display: grid; gap: 0.4rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.legend dt { font-weight: 600; color: var(--ink); }
.legend dd { font-family: inherit; font-size: 0.875rem; color: var(--soft); }

.attacks { display: grid; gap: 1.25rem; margin-top: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); }
.attack > * + * { margin-top: 0.75rem; }
.attack h3 { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.25rem 0.75rem; font-size: 1.0625rem; }
.attack h4 + * { margin-top: 0.25rem; }
.title { display: inline-block; }
.title::first-letter { text-transform: uppercase; }
.badge { font-size: 0.75rem; font-weight: 650; padding: 0.1rem 0.6rem; border-radius: 99px; white-space: nowrap; }
.badge.refused { color: var(--good); background: var(--good-wash); }
.badge.failed { color: var(--bad); background: var(--bad-wash); }
.badge.undecided { color: var(--unsure); background: var(--unsure-wash); }

.commands { padding: 0.6rem 0.8rem; border-radius: 8px; background: var(--wash); white-space: pre-wrap; line-height: 1.5; }
.commands code { display: block; padding-left: 1.2em; text-indent: -1.2em; }
.commands code::before { content: "$ "; color: var(--soft); }
.commands code + code { margin-top: 0.25rem; }

.steps { margin-top: 1.25rem; border-top: 1px solid var(--line); }
.step { padding: 1rem 0 1.1rem; border-bottom: 1px solid var(--line); }
.step > * + * { margin-top: 0.6rem; }
.step-head { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr) auto; gap: 0.15rem 1rem; align-items: baseline; }
.actor { color: var(--soft); font-size: 0.875rem; }
.attacker .actor { color: var(--bad); }
.time { font-variant-numeric: tabular-nums; color: var(--soft); font-size: 0.875rem; }
.time-bar { display: block; width: 100%; height: 4px; border-radius: 2px; background: var(--wash); fill: var(--good); }
.attacker .time-bar { fill: var(--bad); }
.files li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 1rem; padding: 0.2rem 0; }
.files .size { color: var(--soft); font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
.files code { grid-column: 1 / -1; color: var(--soft); font-size: 0.72rem; }
.failure { padding: 0.6rem 0.8rem; border-radius: 8px; background: var(--bad-wash); overflow-wrap: anywhere; }

footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.875rem; display: grid; gap: 0.4rem; }
footer p { max-width: 46rem; }

@media (min-width: 64rem) {
  .lanes { grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); row-gap: 0; }
  .lane, .lane > .links { display: grid; grid-row: span 12; grid-template-rows: subgrid; }
  .lane > .links > li { grid-template-rows: auto 1fr; }
  .fork { display: block; width: 100%; height: 2.4rem; fill: none; stroke: var(--joint); margin: 0.25rem 0 0; }
  .fork path { stroke-width: 2.2; vector-effect: non-scaling-stroke; }
  .step { display: grid; grid-template-columns: minmax(0, 1fr); padding-left: 0; }
  .step > :not(.step-head):not(.time-bar) { margin-left: 7.5rem; }
  .files li { grid-template-columns: minmax(0, 1fr) 5rem 31rem; align-items: baseline; }
  .files .size { text-align: right; }
  .files code { grid-column: auto; }
}
@media (max-width: 36rem) {
  .claims dl > div, .facts > div { grid-template-columns: 1fr; }
  .claims dd, .facts dd { padding-bottom: 0.25rem; }
  .step-head { grid-template-columns: 1fr auto; }
  .step-head h3 { grid-column: 1 / -1; grid-row: 2; }
}
@media print {
  :root {
    --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --wash: #f4f4f4;
    --good: #0d6e55; --good-wash: #fff; --bad: #b3261e; --bad-wash: #fff; --unsure: #8a5a00; --unsure-wash: #fff;
    --joint: #888; --weak: #7d6a3f;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .lanes { grid-template-columns: 1fr; }
  .fork { display: none; }
  .attacks { grid-template-columns: 1fr; }
  .claims, .joint, .step-head, .legend, .digest, .files li { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  .fingerprint, .time-bar, .claims { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
