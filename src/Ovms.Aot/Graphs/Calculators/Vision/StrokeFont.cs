namespace Ovms.Graphs.Calculators.Vision;

/// <summary>
/// A font of straight strokes for printable ASCII. Letters stand on a grid of 5 columns; capitals have 7 rows, descenders go two below.
/// </summary>
internal static class StrokeFont
{
    /// <summary>Rows from the baseline to the top of capitals.</summary>
    public const int CapitalHeight = 6;

    /// <summary>Columns from one letter to the next.</summary>
    public const int Advance = 6;

    private const int Columns = 4;
    private const char First = ' ';

    // A place is two digits, column and row from the top; places in a row are joined; a blank lifts the pen.
    private static readonly string[] s_letters =
    [
        "", "2024 2626", "1012 3032", "1016 3036 0242 0444", "413010010213334445361605 2026", "4006 0010110100 3545463635",
        "461110200405163644", "2022", "30121436", "10323416", "2125 1432 1234", "2125 0343", "262718", "0343", "2626", "4006",
        "103041453616050110", "112026 1636", "01103041420646", "011030414233 1333 334445361605", "36300444", "400002324345361605",
        "4130100105163645443303", "004016", "103041423344453616050413020110 1333", "4313020110304145361605", "2222 2525", "2222 252617",
        "410345", "0242 0444", "014305", "01103041422324 2626", "453616050110304144343222132434",
        "062046 1434", "00063645443303 0030414233", "4130100105163645", "00062644422000", "40000646 0333", "400006 0333",
        "41301001051636454323", "0006 4046 0343", "1030 2026 1636", "4045361605", "0006 400346", "000646", "0600234046", "06004640",
        "103041453616050110", "06003041423303", "103041453616050110 3446", "06003041423303 2346", "413010010213334445361605", "0040 2026",
        "000516364540", "002640", "0016233640", "0046 4006", "002340 2326", "00400646",
        "30101636", "0046", "10303616", "022042", "0646", "1021",
        "12324346 441405163645", "0006 0312324345361605", "4332120305163645", "4046 4332120305163645", "04444332120305163645",
        "40302126 1232", "4332120304153544 42473818", "0006 0312324346", "2226 2020", "32372818 3030", "0006 420446", "202536",
        "0206 03122326 23324346", "0206 0312324346", "123243453616050312", "0208 0312324345361605", "4248 4332120305163645",
        "0206 03123243", "43321203143445361605", "202536 1232", "0205163645 4246", "022642", "0216243642", "0246 4206", "0225 4218",
        "02420646", "30212213242536", "2026", "10212233242516", "0312243342",
    ];

    // What stands for a letter that the font does not have.
    private const string Unknown = "0040460600";

    /// <summary>Columns of a text.</summary>
    public static int WidthOf(string text) => Math.Max((text.Length * Advance) - (Advance - Columns), 0);

    /// <summary>The strokes of a letter: columns from its left side, rows from the baseline, negative above it.</summary>
    public static IEnumerable<(int FromX, int FromY, int ToX, int ToY)> StrokesOf(char letter)
    {
        string strokes = letter >= First && letter - First < s_letters.Length ? s_letters[letter - First] : Unknown;
        foreach (string stroke in strokes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            for (int i = 2; i + 1 < stroke.Length; i += 2)
            {
                yield return (
                    stroke[i - 2] - '0', stroke[i - 1] - '0' - CapitalHeight, stroke[i] - '0', stroke[i + 1] - '0' - CapitalHeight);
            }
        }
    }
}
