using System.Globalization;
using System.Text;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The methods of texts that answer yes or no.</summary>
internal static class TextQuestions
{
    /// <summary>The table.</summary>
    public static MethodRow[] Rows { get; } =
    [
        new("isalpha", "", static (r, self, a) => All(self.Text, IsLetter)),
        new("isdecimal", "", static (r, self, a) => All(self.Text, static point => Category(point) == UnicodeCategory.DecimalDigitNumber)),
        new("isdigit", "", static (r, self, a) => All(self.Text, IsDigit)),
        new("isnumeric", "", static (r, self, a) => All(self.Text, IsNumeric)),
        new("isalnum", "", static (r, self, a) => All(self.Text, static point => IsLetter(point) || IsNumeric(point))),
        new("isspace", "", static (r, self, a) => All(self.Text, static point => point < 0x10000 && CodePoints.IsSpace((char)point))),
        new("isupper", "", static (r, self, a) => PythonCase.IsAll(self.Text, upper: true)),
        new("islower", "", static (r, self, a) => PythonCase.IsAll(self.Text, upper: false)),
        new("istitle", "", static (r, self, a) => PythonCase.IsTitled(self.Text)),
        new("isascii", "", static (r, self, a) => Ascii.IsValid(self.Text)),
        new("isprintable", "", static (r, self, a) => self.Text.Length == 0 || All(self.Text, CodePoints.IsPrintable)),
        new("isidentifier", "", static (r, self, a) => self.Text.Length > 0 && !IsNumeric(CodePoints.At(self.Text, 0, out _))
            && All(self.Text, static point => point == '_' || IsLetter(point) || Category(point) is UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)),
    ];

    private static bool All(string text, Func<int, bool> test)
    {
        for (int at = 0; at < text.Length;)
        {
            if (!test(CodePoints.At(text, at, out int units)))
                return false;

            at += units;
        }

        return text.Length > 0;
    }

    private static UnicodeCategory Category(int point) => CharUnicodeInfo.GetUnicodeCategory(point);

    private static bool IsLetter(int point) => Category(point) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
        or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter;

    private static bool IsDigit(int point) => CharUnicodeInfo.GetDigitValue(CodePoints.Text(point), 0) >= 0;

    private static bool IsNumeric(int point) => CharUnicodeInfo.GetNumericValue(CodePoints.Text(point), 0) != -1;
}
