/** Software of others that is shipped. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  /** Copyright and license, as its makers want them shown; empty: the text at the end of the notices. */
  readonly text: string;
  /** Where its source is. */
  readonly source?: string;
}

/** Software that is compiled into the files of an npm package. */
export interface EmbeddedComponent extends Component {
  /** The name of the npm package. */
  readonly within: RegExp;
}

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const ONNX_RUNTIME = /^onnxruntime-node$/;
/** ONNX Runtime publishes the full texts for each version. */
const ITS_NOTICES =
  'Copyright and license: https://github.com/microsoft/onnxruntime/blob/v1.30.0/ThirdPartyNotices.txt';

const inRuntime = (name: string, license: string, source: string): EmbeddedComponent => ({
  name: `${name} (in ONNX Runtime)`,
  version: '',
  license,
  text: ITS_NOTICES,
  source,
  within: ONNX_RUNTIME,
});

/** npm's manifests do not name these. Those of ONNX Runtime are what its libraries name in their texts. */
export const EMBEDDED: readonly EmbeddedComponent[] = [
  {
    name: 'ONNX Runtime',
    version: '1.30.0',
    license: 'MIT',
    text: `MIT License\n\nCopyright (c) Microsoft Corporation\n\n${MIT}`,
    source: 'https://github.com/microsoft/onnxruntime',
    within: ONNX_RUNTIME,
  },
  {
    name: 'vscode-l10n',
    version: '',
    license: 'MIT',
    // Its package has no file with the text.
    text: `MIT License\n\nCopyright (c) Microsoft Corporation.\n\n${MIT}`,
    source: 'https://github.com/microsoft/vscode-l10n',
    within: /^@vscode\/l10n$/,
  },
  inRuntime('Abseil', 'Apache-2.0', 'https://github.com/abseil/abseil-cpp'),
  inRuntime('C++ Client Telemetry', 'Apache-2.0', 'https://github.com/microsoft/cpp_client_telemetry'),
  inRuntime('cpuinfo', 'BSD-2-Clause', 'https://github.com/pytorch/cpuinfo'),
  inRuntime('curl', 'curl', 'https://github.com/curl/curl'),
  inRuntime('Dawn and Tint', 'BSD-3-Clause', 'https://dawn.googlesource.com/dawn'),
  inRuntime('DirectML', 'LicenseRef-DirectML', 'https://www.nuget.org/packages/Microsoft.AI.DirectML'),
  inRuntime(
    'DirectX Shader Compiler',
    'NCSA AND LicenseRef-DirectXShaderCompiler',
    'https://github.com/microsoft/DirectXShaderCompiler',
  ),
  inRuntime('Eigen', 'MPL-2.0', 'https://gitlab.com/libeigen/eigen'),
  inRuntime('FlatBuffers', 'Apache-2.0', 'https://github.com/google/flatbuffers'),
  inRuntime('JSON for Modern C++', 'MIT', 'https://github.com/nlohmann/json'),
  inRuntime('KleidiAI', 'Apache-2.0', 'https://gitlab.arm.com/kleidi/kleidiai'),
  inRuntime('Mp11', 'BSL-1.0', 'https://github.com/boostorg/mp11'),
  inRuntime('ONNX', 'Apache-2.0', 'https://github.com/onnx/onnx'),
  inRuntime('Protocol Buffers', 'BSD-3-Clause', 'https://github.com/protocolbuffers/protobuf'),
  inRuntime('RE2', 'BSD-3-Clause', 'https://github.com/google/re2'),
  inRuntime('SafeInt', 'MIT', 'https://github.com/dcleblanc/SafeInt'),
  inRuntime('SQLite', 'LicenseRef-PublicDomain', 'https://sqlite.org'),
  inRuntime('zlib', 'Zlib', 'https://zlib.net'),
  {
    name: 'libvips and the libraries that it contains',
    version: '',
    license: 'LGPL-3.0-or-later',
    text:
      'libvips is a library of its own that is loaded when it is needed. You may replace it by another version:\n' +
      'exchange its file in the folder node_modules/@img of the extension.',
    source: 'https://github.com/lovell/sharp-libvips',
    within: /^@img\/sharp-(?:libvips-|wasm32|win32)/,
  },
  {
    name: 'libmp4v2 (in h264-mp4-encoder)',
    version: '',
    license: 'MPL-1.1',
    text: 'The Original Code is MPEG4IP. The Initial Developer of the Original Code is Cisco Systems Inc.',
    source: 'https://github.com/TrevorSundberg/h264-mp4-encoder, which has its source and the changes',
    within: /^h264-mp4-encoder$/,
  },
  {
    name: 'minih264 (in h264-mp4-encoder)',
    version: '',
    license: 'CC0-1.0',
    text: 'To the extent possible under law, the author has dedicated all copyright to the public domain.',
    source: 'https://github.com/lieff/minih264',
    within: /^h264-mp4-encoder$/,
  },
];

/** Files of others in the repository. */
export const FILES: readonly Component[] = [
  {
    name: 'CLIP (vocabulary)',
    version: '',
    license: 'MIT',
    text: `MIT License\n\nCopyright (c) 2021 OpenAI\n\n${MIT}`,
    source: 'https://github.com/openai/CLIP',
  },
  {
    name: 'ONNX (message definitions)',
    version: '',
    license: 'Apache-2.0',
    text: 'Copyright (c) ONNX Project Contributors',
    source: 'https://github.com/onnx/onnx',
  },
];
