/** The codicons that the page uses; the bundle contains their outlines only. */

import arrowRight from '@vscode/codicons/src/icons/arrow-right.svg';
import arrowSwap from '@vscode/codicons/src/icons/arrow-swap.svg';
import check from '@vscode/codicons/src/icons/check.svg';
import chevronDown from '@vscode/codicons/src/icons/chevron-down.svg';
import chevronLeft from '@vscode/codicons/src/icons/chevron-left.svg';
import chevronRight from '@vscode/codicons/src/icons/chevron-right.svg';
import chip from '@vscode/codicons/src/icons/chip.svg';
import circleSlash from '@vscode/codicons/src/icons/circle-slash.svg';
import close from '@vscode/codicons/src/icons/close.svg';
import pause from '@vscode/codicons/src/icons/debug-pause.svg';
import film from '@vscode/codicons/src/icons/device-camera-video.svg';
import ellipsis from '@vscode/codicons/src/icons/ellipsis.svg';
import errorIcon from '@vscode/codicons/src/icons/error.svg';
import file from '@vscode/codicons/src/icons/file.svg';
import globe from '@vscode/codicons/src/icons/globe.svg';
import graphScatter from '@vscode/codicons/src/icons/graph-scatter.svg';
import history from '@vscode/codicons/src/icons/history.svg';
import info from '@vscode/codicons/src/icons/info.svg';
import layers from '@vscode/codicons/src/icons/layers.svg';
import loading from '@vscode/codicons/src/icons/loading.svg';
import lock from '@vscode/codicons/src/icons/lock.svg';
import pass from '@vscode/codicons/src/icons/pass.svg';
import play from '@vscode/codicons/src/icons/play.svg';
import plug from '@vscode/codicons/src/icons/plug.svg';
import save from '@vscode/codicons/src/icons/save.svg';
import screenFull from '@vscode/codicons/src/icons/screen-full.svg';
import screenNormal from '@vscode/codicons/src/icons/screen-normal.svg';
import splitHorizontal from '@vscode/codicons/src/icons/split-horizontal.svg';
import starEmpty from '@vscode/codicons/src/icons/star-empty.svg';
import starFull from '@vscode/codicons/src/icons/star-full.svg';
import sync from '@vscode/codicons/src/icons/sync.svg';
import unlock from '@vscode/codicons/src/icons/unlock.svg';
import warning from '@vscode/codicons/src/icons/warning.svg';
import watch from '@vscode/codicons/src/icons/watch.svg';
import shield from '@vscode/codicons/src/icons/workspace-untrusted.svg';
import zoomIn from '@vscode/codicons/src/icons/zoom-in.svg';
import zoomOut from '@vscode/codicons/src/icons/zoom-out.svg';

export const ICONS = {
  arrowSwap,
  check,
  chevronDown,
  chevronLeft,
  chevronRight,
  chip,
  circleSlash,
  close,
  pause,
  ellipsis,
  error: errorIcon,
  file,
  film,
  globe,
  graphScatter,
  history,
  info,
  layers,
  loading,
  lock,
  play,
  plug,
  save,
  screenFull,
  screenNormal,
  splitHorizontal,
  starEmpty,
  starFull,
  sync,
  arrowRight,
  unlock,
  warning,
  watch,
  pass,
  shield,
  zoomIn,
  zoomOut,
} as const;

export type IconName = keyof typeof ICONS;
