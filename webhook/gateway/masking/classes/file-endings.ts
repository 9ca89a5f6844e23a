/**
 * Endings of file names that are no top-level domain, so that `logo@2x.png` and `chart@v2.min.js` are no addresses. What is
 * both (`.zip`, `.mov`, `.py`, `.rs`, `.sh`, `.md`) is not here: such a name is hidden.
 */

const endings = new Set(
  `avif bmp gif heic ico jpeg jpg jxl png psd svg tif tiff webp
  css eot less otf sass scss ttf woff woff2
  bundle cjs chunk esm js jsx map min mjs ts tsx umd vue wasm
  class cpp dll exe go hpp java jar kt lock patch php pyc rb sql svelte war
  bak conf cfg csv dat db doc docx htm html ini json json5 jsonl log ndjson odp ods odt pdf ppt pptx rtf toml tmp
  tsv txt xhtml xls xlsx xml yaml yml
  7z apk deb dmg gz iso rar rpm tar tgz xz
  aac avi flac flv m4a m4v mkv mp3 mp4 ogg wav webm
  cer crt csr der p12 pem pfx`.split(/\s+/),
);

/** The name without the endings of a file: of `x.com.txt` the host, of `2x.min.css` no more than `2x`. */
export function withoutFileEndings(name: string): string {
  let end = name.length;
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    if (!endings.has(name.slice(dot + 1, end).toLowerCase())) break;
    end = dot;
  }
  return name.slice(0, end);
}
