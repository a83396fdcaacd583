import { Badge, createTheme, Menu, Notification } from '@mantine/core'
import type { CSSVariablesResolver } from '@mantine/core'

/** Shades that have enough contrast on both grounds (WCAG 2.2, 1.4.3), and a focus ring that is always seen. */
export const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: 9,
  autoContrast: true,
  focusRing: 'auto',
  respectReducedMotion: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '650' },
  components: {
    Badge: Badge.extend({ defaultProps: { tt: 'none', fw: 600, miw: 'max-content' } }),
    // What holds the focus in its place is no item of a menu; the first item can.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
  },
})

/** Of these even the darkest shade is too light for words. */
const BRIGHT = new Set(['yellow', 'orange', 'lime', 'green'])

const ink = (color: string): string =>
  `color-mix(in srgb, var(--mantine-color-${color}-9), black ${BRIGHT.has(color) ? 45 : 25}%)`

/** The darkest shade has none after it: what is pointed at would become lighter than its words allow. */
const hovers = (colors: object): Record<string, string> =>
  Object.fromEntries(
    Object.keys(colors).map((color) => [
      `--mantine-color-${color}-filled-hover`,
      `color-mix(in srgb, var(--mantine-color-${color}-filled), black 12%)`,
    ]),
  )

/** Quiet grounds: the words on them are to be read, not the colour. */
const tints = (colors: object, tint: (color: string) => string): Record<string, string> =>
  Object.fromEntries(
    Object.keys(colors)
      .filter((color) => color !== 'gray') // which is quiet as it is
      .map((color) => [`--mantine-color-${color}-light`, tint(color)]),
  )

/** Words in grey or in a colour, with the contrast that reading needs, on tinted ground as well (WCAG 2.2, 1.4.3). */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    ...hovers(colors),
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': '#6c757d',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    ...Object.fromEntries(Object.keys(colors).map((color) => [`--mantine-color-${color}-light-color`, ink(color)])),
    ...tints(colors, (color) => `color-mix(in srgb, var(--mantine-color-${color}-1), white 50%)`),
  },
  dark: {
    ...hovers(colors),
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': '#9a9a9a',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    ...tints(colors, (color) => `color-mix(in srgb, var(--mantine-color-${color}-9), var(--mantine-color-body) 68%)`),
  },
})
