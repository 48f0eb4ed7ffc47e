import { expect, it } from "vitest";
import { embeddedJson, html } from "./html.js";

it("escapes what came from outside, and takes parts of a page as they are", () => {
  const name = `<img src=x onerror="alert('&')">`;
  expect(html`<p title="${name}">${name}</p>`.text).toBe(
    '<p title="&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;">&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;</p>',
  );
  expect(html`<ul>${[1, 2].map((i) => html`<li>${i}</li>`)}${undefined}</ul>`.text).toBe(
    "<ul><li>1</li><li>2</li></ul>",
  );
});

it("JSON in a page cannot end its element, and reads as it was, to six digits", () => {
  const given = { label: "</script><!-- <script>", steps: [123456789, 0.1234567891, Number.NaN] };
  const { text } = embeddedJson(given);
  expect(text).not.toContain("<");
  expect(JSON.parse(text)).toEqual({ label: given.label, steps: [123456789, 0.123457, null] });
});
