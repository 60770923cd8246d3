/** Colours, type and shape of the page. Model colours are in runs/colours.css. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Between blue and violet: it is none of the models' colours. */
const iris: MantineColorsTuple = [
  '#f4f4fe',
  '#e7e8fb',
  '#cfd1f6',
  '#b4b8f0',
  '#9ca1ea',
  '#8287e2',
  '#6d71d8',
  '#5558c4',
  '#4649ab',
  '#383b8c',
];

/** Cooler and deeper than Mantine's own. */
const dark: MantineColorsTuple = [
  '#e3e5e8',
  '#b8bdc4',
  '#9aa1a9',
  '#7b828b',
  '#3b4047',
  '#2d3137',
  '#23262b',
  '#1b1d21',
  '#151719',
  '#0f1012',
];

export const theme = createTheme({
  colors: { iris, dark },
  primaryColor: 'iris',
  primaryShade: 7,
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.375rem', lineHeight: '1.3' }, h2: { fontSize: '1.0625rem', lineHeight: '1.35' } },
  },
  components: {
    Badge: { defaultProps: { tt: 'none' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 200 } },
    Popover: { defaultProps: { shadow: 'md' } },
    Modal: { defaultProps: { centered: true } },
  },
});

/** Quiet greys with at least 4.5 to 1 for all text, also what is dimmed. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--page': '#f6f6f8',
    '--mantine-color-text': '#1c1e22',
    '--mantine-color-dimmed': '#5d636b',
    '--mantine-color-placeholder': '#6d737b',
    '--mantine-color-default-border': '#dfe1e5',
    '--mantine-color-error': '#c22a2a',
  },
  dark: {
    '--page': '#131417',
    '--mantine-color-dimmed': '#a2a8b0',
    '--mantine-color-placeholder': '#8b9199',
    '--mantine-color-default-border': '#33373d',
    '--mantine-color-error': '#ff8a8a',
    '--mantine-primary-color-light': 'rgb(130 135 226 / 18%)',
    '--mantine-primary-color-light-color': '#c4c7f4',
  },
});
