using System.Numerics;

namespace Ovms.Language.Sampling;

/// <summary>
/// The random numbers for one token of an answer: xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
/// 2021), whose state is derived from seed, answer and position. Each token has its own stream, so that a sequence that continues after
/// its sampler was made anew gets the same numbers, however many numbers earlier tokens needed.
/// </summary>
internal struct TokenRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>The numbers for a token.</summary>
    /// <param name="seed">The request's seed.</param>
    /// <param name="answer">Which of the request's answers.</param>
    /// <param name="position">Index of the token in the answer.</param>
    public TokenRandom(ulong seed, int answer, int position)
    {
        // Both steps map different inputs to different outputs: no two tokens of a request share a state.
        ulong state = Scrambled(seed + Step) ^ (((ulong)(uint)answer << 32) | (uint)position);
        _a = Scrambled(state += Step);
        _b = Scrambled(state += Step);
        _c = Scrambled(state += Step);
        _d = Scrambled(state + Step);
    }

    // The golden ratio in 64 bits, and below the mixing function of SplitMix64, which xoshiro's authors recommend for its seeds.
    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>A number from 0 to below 1, in steps of 2^-53.</summary>
    public double NextUnit()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return (result >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Scrambled(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
