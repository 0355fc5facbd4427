/** Images are eight times as wide and high as their latents. */
export const VAE_FACTOR = 8;
