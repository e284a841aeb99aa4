"""Answers as pupils type them, beside the right one: what `check_answer` must say of each."""

CORRECT = [
    ("5!", "120"),
    ("√2/2", "1/√2"),
    # numbers
    ("3/4", "0.75"), (".75", "3/4"), ("0.75", "3/4"), ("6/8", "3/4"), ("75%", "3/4"), ("3 1/2", "7/2"), ("3.5", "7/2"),
    ("1,5", "1.5"), ("-3/-4", "3/4"), ("-(1)/2", "-1/2"), ("−4", "-4"), ("two", "2"), ("1,000", "1000"), ("1.5e3", "1500"),
    ("1.5*10^3", "1500"), ("1e-15", "10^-15"), ("0.1666...", "1/6"), ("2sqrt3", "sqrt(12)"), ("2√3", r"2\sqrt{3}"),
    (r"\frac{3}{4}", "3/4"), (r"$\frac{\sqrt{2}}{2}$", "1/sqrt(2)"), ("1/√2", "√2/2"), ("sqrt 16", "4"), ("2^-1", "0.5"),
    ("3^2", "9"), ("π/4", "pi/4"), ("3.0", "3"), ("the answer is 5", "5"), ("5 x 3", "15"), ("2(3)", "6"),
    (r"\sqrt[3]{8}", "2"), ("|-3|", "3"), ("2+3i", "3i+2"), ("sqrt(-4)", "2i"), ("e^0", "1"), ("ln e", "1"),
    ("½", "0.5"), ("$5", "5"), ("1/3 + 1/3", "2/3"), ("-0.25", "-1/4"), ("sin(pi/6)", "1/2"), ("1+√5", "√5+1"),
    # solutions
    ("x=2 or -3", "x=2 or x=-3"), ("x = -3, x = 2", "x=2 or x=-3"), ("2, -3", "x=2 or x=-3"), ("{2,-3}", "-3, 2"),
    ("x=±2", "x=2 or x=-2"), ("±2", "2, -2"), ("1 ± √2", "1+sqrt2, 1-sqrt2"), ("-3 and 2", "2 or -3"), ("x=5", "5"),
    ("5", "x=5"), ("5 = x", "x = 5"), ("i think x = 5", "x = 5"), ("$x=2$", "x=2"), (r"x = \frac{1}{2}", "x = .5"),
    ("no solution", "no real solutions"), ("none", "no solution"), ("all real numbers", "any x"), ("1,5", "1 and 5"),
    ("x=2,y=3", "y=3, x=2"), ("(2,3)", "x=2, y=3"), ("x = 2 and y = 3", "(2, 3)"), ("(1/2, 3)", "(0.5, 3)"),
    ("x=0 or x=1/2", "0, 0.5"), (r"x=2 \text{ or } x=-3", "2, -3"), ("x=(1+√5)/2, x=(1-√5)/2", "1/2 ± √5/2"),
    ("a=4", "a = 8/2"), ("2; -3", "2, -3"), ("x = 3 or x = 3", "x = 3"),
    # expressions
    ("2x+2", "2(x+1)"), ("(x+1)(x-2)", "x^2-x-2"), ("(x-2)(x+1)", "(x+1)(x-2)"), ("x*x", "x^2"), ("x²+1", "1+x^2"),
    ("sin^2 x + cos^2 x", "1"), ("2sin(x)cos(x)", "sin(2x)"), ("xe^x", "e^x x"), ("x/2", "0.5x"), ("-x/2", "-(1/2)x"),
    ("y=2x+1", "y = 1 + 2x"), ("2x+1", "y=2x+1"), ("|x|", "sqrt(x^2)"), ("sqrt(x^2)", "|x|"), ("(a+b)^2", "a^2+2ab+b^2"),
    ("3x^2", "3*x*x"), ("e^(2x)", "(e^x)^2"), ("1/x", "x^-1"), ("x^(1/2)", "sqrt x"), ("2x-y+1=0", "y-2x-1=0"),
    ("1/(x-1)+2/(x+1)", "(3x-1)/(x^2-1)"), ("ab", "b*a"), ("2x(x+1)", "2x^2+2x"), ("-(x-1)", "1-x"), ("ln(2x)", "ln(x)+ln(2)"),
    ("4x - 2y = 6", "2x - y = 3"), ("cos x", r"\cos{x}"), ("tan(x)cos(x)/cos(x)", "tan x"),
    # inequalities, intervals
    ("x<3", "x < 3"), ("3>x", "x<3"), (r"x \le 3", "x<=3"), ("2<x<=5", "2 < x and x <= 5"), ("x<2 or x>5", "x>5 or x<2"),
    ("(2,5]", "2<x<=5"), ("x ∈ [1,2]", "1<=x<=2"), ("[1,2]", "1 ≤ x ≤ 2"), ("x>-2", "-2<x"), ("x>0.5", "x > 1/2"),
    # units
    ("5 cm", "5cm"), ("100 cm", "1 m"), ("0.5 km", "500 m"), ("45°", "45°"), ("1.2 kg", "1200 g"), ("5 centimetres", "5 cm"),
]  # fmt: skip

WRONG = [
    ("5!", "5"),
    # numbers that look alike
    ("0.333", "1/3"), ("0.3", "1/3"), ("1e-15", "0"), ("1.0000000000000001", "1"), ("0.67", "2/3"), ("3.14", "pi"),
    ("22/7", "pi"), ("1.41", "sqrt(2)"), ("4", "-4"), ("-4", "4"), ("15", "1.5"), ("1,500", "1.5"), ("75", "0.75"),
    ("9", "sqrt(9)"), ("-3", "sqrt(9)"), ("-2", "(-8)^(1/3)"), ("2i", "-2i"), ("2-3i", "2+3i"), ("1/2", "2"), ("3^2", "6"),
    ("2^3", "6"), ("1", "0.999"), ("0.1", "0.1000001"), ("2sqrt3", "3sqrt2"), ("6", "x=5"), ("120", "5"), ("10^15", "10^15+1"),
    ("3 1/2", "3/2"), ("31/2", "3 1/2"), ("sqrt(2)+sqrt(3)", "sqrt(5)"), ("1/2+1/3", "2/5"), ("e", "2.718281828"),
    ("7.5%", "0.75"), ("0", "no solution"), ("no solution", "0"), ("sqrt(-4)", "-2"), ("1/0", "0"),
    # solutions
    ("x=2", "x=2 or x=-3"), ("x=2 or x=3", "x=2 or x=-3"), ("x=2, x=-3, x=1", "x=2 or x=-3"), ("y=2", "x=2"),
    ("x=±2", "x=2"), ("2", "±2"), ("x=3,y=2", "x=2,y=3"), ("(3,2)", "(2,3)"), ("x=2", "x=2,y=3"), ("1 ± √3", "1 ± √2"),
    ("all real numbers", "x=0"), ("x=5", "x=-5"), ("x+1=3", "x=5"), ("x^2=4", "x=3"), ("{2}", "2,-3"), ("1.5", "1 and 5"),
    ("(2,3,1)", "(2,3)"), ("x=1/3", "x=0.333"),
    # expressions
    ("x", "sqrt(x^2)"), ("sqrt(x^2)", "x"), ("x+1", "x-1"), ("x^2+1", "(x+1)^2"), ("a^2+b^2", "(a+b)^2"), ("2x", "x^2"),
    ("x", "|x|"), ("e^(x^2)", "(e^x)^2"), ("sin(x^2)", "sin^2 x"), ("-x^2", "(-x)^2"), ("x+1e-15", "x"), ("2x+1", "2(x+1)"),
    ("ln(x)+ln(2)", "ln(x+2)"), ("cos x", "sin x"), ("sin(2x)", "2sin(x)"), ("1/(x+1)", "1/x+1"), ("x^5", "x^6"), ("y=2x", "y=2x+1"),
    ("sqrt(x+1)", "sqrt(x)+1"), ("3x^2+C", "2x^2"), ("ab", "a+b"), ("2x-y=3", "2x+y=3"), ("x^3", "3x^2"), ("x - x", "1"),
    ("(x-1)(x-6)", "x^2-5x+6"), ("sqrt(a^2+b^2)", "a+b"), ("xy", "x/y"), ("10x", "10^x"), ("x", "x + 10^-20"),
    # inequalities
    ("x<3", "x<=3"), ("x>3", "x<3"), ("x<2 or x>5", "2<x<5"), ("[1,2]", "1<x<2"), ("(1,2)", "1<=x<=2"), ("y<3", "x<3"), ("x=3", "x<3"),
    ("x<2 and x>5", "x<2 or x>5"), ("3", "x<3"), ("2<x<5", "2<x<6"), ("x<-3", "x>-3"), ("x > -1", "x > 1"), ("-2x<6", "x<-3"),
    # units
    ("5 m", "5 cm"), ("50 cm", "1 m"), ("5 kg", "5 m"), ("6 cm", "5 cm"), ("46°", "45°"), ("4", "5 cm"), ("1000 cm", "1 m"),
]  # fmt: skip

FORM = [
    ("x^2-5x+6", "(x-2)(x-3)", "factored", "form_factored"),
    ("2(x^2-4)", "2(x-2)(x+2)", "factored", "form_factored"),
    ("(2x+4)(x-1)", "2(x+2)(x-1)", "factored", "form_factored"),
    ("x(x-2)-3(x-2)", "(x-2)(x-3)", "factored", "form_factored"),
    ("(x-2)(x-3)", "x^2-5x+6", "expanded", "form_expanded"),
    ("x^2-2x-3x+6", "x^2-5x+6", "expanded", "form_expanded"),
    ("x(x-5)+6", "x^2-5x+6", "expanded", "form_expanded"),
    ("-(5x-x^2)+6", "x^2-5x+6", "expanded", "form_expanded"),
    ("6/8", "3/4", "lowest_terms", "form_lowest_terms"),
    ("0.75", "3/4", "lowest_terms", "form_lowest_terms"),
    ("4/2", "2", "lowest_terms", "form_lowest_terms"),
    ("3/1", "3", "lowest_terms", "form_lowest_terms"),
    ("1/2 + 1/4", "3/4", "lowest_terms", "form_lowest_terms"),
    ("2 2/4", "5/2", "lowest_terms", "form_lowest_terms"),
    ("(2x)/(4x^2)", "1/(2x)", "lowest_terms", "form_lowest_terms"),
    ("1.5", "1.50", "decimal_places:2", "form_decimal_places"),
    ("1.414", "sqrt(2)", "decimal_places:2", "form_decimal_places"),
    ("sqrt(2)", "sqrt(2)", "decimal_places:2", "form_decimal_places"),
    ("3/4", "0.75", "decimal_places:2", "form_decimal_places"),
    ("3.1416", "pi", "significant_figures:3", "form_significant_figures"),
    ("0.33333", "1/3", "decimal_places:2", "form_decimal_places"),
    ("100 cm", "1 m", "units", "form_units"),
    ("5", "5 cm", "units", "no_unit"),
    ("5", "5 cm", None, "no_unit"),
    ("5 cm", "5", None, "extra_unit"),
    ("45", "45°", None, "no_unit"),
    ("x^2/2", "x^2/2 + C", "up_to_constant", "constant"),
    ("ln(x) + C", "ln|x| + C", "up_to_constant", "domain"),
    ("2x + C", "2x", None, "extra_constant"),
    ("x^2+x-6=0", "x=2 or x=-3", None, "unsolved"),
    ("2x=6", "x=3", None, "unsolved"),
    ("2x<6", "x<3", None, "unsolved"),
    ("2x-y+1=0", "y=2x+1", None, "unsolved"),
    ("(x^2-1)/(x-1)", "x+1", None, "domain"),
    ("x^2/x", "x", None, "domain"),
    ("sqrt(x)^2", "x", None, "domain"),
    ("e^(ln x)", "x", None, "domain"),
    ("x/x", "1", None, "domain"),
    ("(x^2-y^2)/(x-y)", "x+y", None, "domain"),
    ("ln(x)+ln(x)", "ln(x^2)", None, "domain"),
    ("sin(x)/tan(x)", "cos(x)", None, "domain"),
    ("1/(1/x)", "x", None, "domain"),
]

CORRECT_IN_FORM = [
    ("(x-2)(x-3)", "x^2-5x+6", "factored"), ("(x-3)(x-2)", "x^2-5x+6", "factored"), ("2(x+2)(x-1)", "2x^2+2x-4", "factored"),
    ("(x+1)^2", "x^2+2x+1", "factored"), ("x(x+1)", "x^2+x", "factored"), ("-(x-2)(x+2)", "4-x^2", "factored"), ("3x^2", "3x^2", "factored"),
    ("x^2+1", "x^2+1", "factored"), ("x^2-5x+6", "(x-2)(x-3)", "expanded"), ("6-5x+x^2", "(x-2)(x-3)", "expanded"), ("2x+2", "2(x+1)", "expanded"),
    ("3/4", "6/8", "lowest_terms"), ("-3/4", "-0.75", "lowest_terms"), ("2 1/2", "5/2", "lowest_terms"), ("2", "4/2", "lowest_terms"),
    ("1/(2x)", "1/(2x)", "lowest_terms"), ("1.50", "3/2", "decimal_places:2"), ("1.41", "sqrt(2)", "decimal_places:2"), ("-0.67", "-2/3", "decimal_places:2"),
    ("1,41", "sqrt(2)", "decimal_places:2"), ("0.13", "1/8", "decimal_places:2"), ("3.14", "pi", "significant_figures:3"), ("300", "299.6", "significant_figures:3"),
    ("0.0500", "0.05", "significant_figures:3"), ("3", "2.9", "decimal_places:0"), ("x = 1.41", "x = sqrt(2)", "decimal_places:2"),
    ("5 cm", "5 cm", "units"), ("x^2/2 + C", "x^2/2", "up_to_constant"), ("x^2/2 + 3 + C", "x^2/2 + C", "up_to_constant"),
    ("-cos x + c", "-cos(x)", "up_to_constant"), ("ln|x| + C", "ln|x|", "up_to_constant"), ("sin^2(x)/2 + C", "-cos(x)^2/2", "up_to_constant"),
]  # fmt: skip

WRONG_IN_FORM = [
    ("(x-2)(x+3)", "x^2-5x+6", "factored"), ("2/3", "3/4", "lowest_terms"), ("1.42", "sqrt(2)", "decimal_places:2"), ("1.40", "sqrt(2)", "decimal_places:2"),
    ("0.12", "1/8", "decimal_places:2"), ("3.15", "pi", "significant_figures:3"), ("x^2 + C", "x^2/2", "up_to_constant"), ("cos x + C", "-cos x", "up_to_constant"),
    ("x^2-5x-6", "(x-2)(x-3)", "expanded"), ("6 cm", "5 cm", "units"), ("5 kg", "5 cm", "units"), ("1.4149", "sqrt(2)", "decimal_places:2"),
]  # fmt: skip

UNKNOWN = [
    ("sin(30)", "1/2"),
    ("", "5"), ("lambda", "5"), ("__import__('os').system('ls')", "5"), ("7 apples", "7"), ("1/2x", "x/2"), ("banana", "x"), ("???", "1"),
    ("9**9**9**9", "5"), ("10000000!", "1"), ("x(", "x"), ("f(x)", "x"), ("1 000", "1000"), ("x=2", "what"), ("exec('1')", "1"), ("3..4", "3.4"),
]  # fmt: skip
