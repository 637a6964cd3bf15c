using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The methods and attributes of numbers.</summary>
internal static class NumberMethods
{
    /// <summary>Those of ints and bools.</summary>
    public static MethodRow[] Int { get; } =
    [
        new("real", "", static (r, self, a) => JinjaValue.Of(self.Big)) { IsValue = true },
        new("imag", "", static (r, self, a) => 0) { IsValue = true },
        new("numerator", "", static (r, self, a) => JinjaValue.Of(self.Big)) { IsValue = true },
        new("denominator", "", static (r, self, a) => 1) { IsValue = true },
        new("bit_length", "", static (r, self, a) => BitLength(self)),
        new("conjugate", "", static (r, self, a) => JinjaValue.Of(self.Big)),
    ];

    /// <summary>Those of floats.</summary>
    public static MethodRow[] Float { get; } =
    [
        new("real", "", static (r, self, a) => self) { IsValue = true },
        new("imag", "", static (r, self, a) => 0.0) { IsValue = true },
        new("is_integer", "", static (r, self, a) => double.IsFinite(self.Double) && Math.Floor(self.Double) == self.Double),
        new("conjugate", "", static (r, self, a) => self),
    ];

    private static JinjaValue BitLength(JinjaValue self) => (long)System.Numerics.BigInteger.Abs(self.Big).GetBitLength();
}
