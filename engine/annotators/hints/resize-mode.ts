/** How a hint with another aspect ratio is brought to the size of the frame: A1111's Crop and Resize, Resize and Fill, Just Resize. */
export type ResizeMode = 'crop' | 'fill' | 'stretch';
