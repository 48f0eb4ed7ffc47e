import { CHARTS_ID, type ChartData } from "./chart-data.js";
import { embeddedJson, Html, html } from "./html.js";
import { styles } from "./styles.js";

/** Nothing is loaded from anywhere, and the browser sees to it. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

/** A whole page in one file: styles, charts and the script that draws them are in it. */
export function page(
  title: string,
  sections: readonly Html[],
  charts: readonly ChartData[],
  script: string,
): string {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(styles)}</style>
</head>
<body>
<header><p>${title}</p><button type="button" class="theme">Theme</button></header>
<main>
<noscript><p>The charts need JavaScript, which is part of this file.</p></noscript>
${sections}
</main>
<script type="application/json" id="${CHARTS_ID}">${embeddedJson(charts)}</script>
<script>${new Html(script.replaceAll("</script", "<\\/script"))}</script>
</body>
</html>
`;
  return text;
}
