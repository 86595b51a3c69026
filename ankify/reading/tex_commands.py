"""What Anki's MathJax (3.2) draws: the commands and environments that a formula may use.

A list of what is allowed, not of what is bad: a command that nobody thought of is shown as text,
and `ankify check` says so. What defines, loads or configures something is left out, since it would
last until Anki is closed and change the cards of other decks; so is what runs, fetches or styles.
Those with arguments that have to be looked at are in `tex.py`.
"""

# What MathJax knows from the start.
BASE = """
    And Arrowvert Bbb Big Bigg Biggl Biggm Biggr Bigl Bigm Bigr Delta Downarrow Gamma Huge Im
    LARGE LaTeX Lambda Large Leftarrow Leftrightarrow Longleftarrow Longleftrightarrow
    Longrightarrow Omega Phi Pi Pr Psi Re Rightarrow Rule S Sigma Space TeX Theta Tiny Uparrow
    Updownarrow Upsilon Vert Xi above abovewithdelims acute aleph alpha amalg angle approx
    arccos arcsin arctan arg array arrowvert ast asymp atop atopwithdelims backslash bar bbFont
    begin beta bf big bigcap bigcirc bigcup bigg biggl biggm biggr bigl bigm bigodot bigoplus
    bigotimes bigr bigsqcup bigtriangledown bigtriangleup biguplus bigvee bigwedge bmod bot
    bowtie boxed brace bracevert brack breve buildrel bullet cal cap cases cdot cdotp cdots
    check chi choose circ clubsuit colon cong coprod cos cosh cot coth cr csc cup dagger dashv
    ddagger ddot ddots deg delta det diamond diamondsuit dim displaylines displaystyle div
    divsymbol dot doteq dots dotsb dotsc dotsi dotsm dotso downarrow ell emptyset end endtoggle
    enspace epsilon eqalign eqalignno equiv eta exists exp fbox flat forall frac frak framebox
    frown gamma gcd ge geq gets gg grave gt hat hbar hbox hdashline heartsuit hfil hfill hfilll
    hline hom hookleftarrow hookrightarrow hphantom hskip hspace huge iff iiint iint imath in
    inf infty int intop iota it jmath kappa ker kern label lambda land langle large lbrace
    lbrack lceil ldotp ldots le left leftarrow leftharpoondown leftharpoonup leftrightarrow
    leftroot leq leqalignno lfloor lg lgroup lim liminf limits limsup ll llap lmoustache ln
    lnot log longleftarrow longleftrightarrow longmapsto longrightarrow lor lower lt mapsto
    mathbb mathbf mathbfcal mathbffrak mathbfit mathbfscr mathbfsf mathbfsfit mathbfsfup
    mathbfup mathbin mathcal mathchoice mathclose mathfrak mathinner mathit mathnormal mathop
    mathopen mathord mathpunct mathrel mathrm mathscr mathsf mathsfit mathsfup mathstrut mathtt
    mathup matrix max mbox mid middle min mit mkern mod models moveleft moveright mp mskip
    mspace mu nabla natural ne nearrow neg negthinspace neq newline ni nolimits nonscript
    nonumber normalsize not notChar notin nu nwarrow odot of oint oldstyle omega omicron ominus
    oplus oslash otimes over overbrace overleftarrow overleftrightarrow overline overparen
    overrightarrow overset overunderset overwithdelims owns parallel partial perp phantom phi
    pi pm pmatrix pmb pmod pod prec preceq prime prod propto psi qquad quad raise rangle rbrace
    rbrack rceil ref rfloor rgroup rho right rightarrow rightharpoondown rightharpoonup
    rightleftharpoons rlap rm rmoustache root rule scr scriptscriptstyle scriptsize scriptstyle
    searrow sec setminus sf sharp sigma sim simeq sin sinh skew small smallint smash smile
    space spadesuit sqcap sqcup sqrt sqsubseteq sqsupseteq stackbin stackrel star strut subset
    subseteq succ succeq sum sup supset supseteq surd swarrow symbb symbf symbfcal symbffrak
    symbfit symbfscr symbfsf symbfsfit symbfsfup symbfup symcal symfrak symit symnormal symrm
    symscr symsf symsfit symsfup symtt symup tan tanh tau text textbf textit textnormal textrm
    textsf textstyle texttt textup theta thinspace tilde times tiny to top triangle
    triangleleft triangleright tt underbrace underleftarrow underleftrightarrow underline
    underparen underrightarrow underset uparrow updownarrow uplus uproot upsilon varepsilon
    varphi varpi varrho varsigma vartheta vcenter vdash vdots vec vee vert vphantom wedge
    widehat widetilde wp wr xi zeta
"""

# Of the package ams, which is always loaded.
AMS = """
    Bbbk Box Bumpeq Cap Cup Diamond Doteq Finv Game Join Lleftarrow Lsh Rrightarrow Rsh Subset
    Supset Vdash Vvdash approxeq backepsilon backprime backsim backsimeq barwedge because beth
    between bigstar binom blacklozenge blacksquare blacktriangle blacktriangledown
    blacktriangleleft blacktriangleright boxdot boxminus boxplus boxtimes bumpeq centerdot
    cfrac checkmark circeq circlearrowleft circlearrowright circledR circledS circledast
    circledcirc circleddash complement curlyeqprec curlyeqsucc curlyvee curlywedge
    curvearrowleft curvearrowright daleth dashleftarrow dashrightarrow dbinom ddddot dddot
    dfrac diagdown diagup digamma divideontimes doteqdot dotplus doublebarwedge doublecap
    doublecup downdownarrows downharpoonleft downharpoonright eqcirc eqref eqsim eqslantgtr
    eqslantless eth fallingdotseq genfrac geqq geqslant ggg gggtr gimel gnapprox gneq gneqq
    gnsim gtrapprox gtrdot gtreqless gtreqqless gtrless gtrsim gvertneqq hslash idotsint iiiint
    impliedby implies injlim intercal lVert leadsto leftarrowtail leftleftarrows
    leftrightarrows leftrightharpoons leftrightsquigarrow leftthreetimes leqq leqslant
    lessapprox lessdot lesseqgtr lesseqqgtr lessgtr lesssim lhd llcorner lll llless lnapprox
    lneq lneqq lnsim looparrowleft looparrowright lozenge lrcorner ltimes lvert lvertneqq
    maltese mathring measuredangle mho multimap nLeftarrow nLeftrightarrow nRightarrow nVDash
    nVdash ncong negmedspace negthickspace nexists ngeq ngeqq ngeqslant ngtr nleftarrow
    nleftrightarrow nleq nleqq nleqslant nless nmid nobreakspace notag nparallel nprec npreceq
    nrightarrow nshortmid nshortparallel nsim nsubseteq nsubseteqq nsucc nsucceq nsupseteq
    nsupseteqq ntriangleleft ntrianglelefteq ntriangleright ntrianglerighteq nvDash nvdash
    operatorname pitchfork precapprox preccurlyeq precnapprox precneqq precnsim precsim projlim
    rVert restriction rhd rightarrowtail rightleftarrows rightrightarrows rightsquigarrow
    rightthreetimes risingdotseq rtimes rvert shortmid shortparallel shoveleft shoveright
    sideset smallfrown smallsetminus smallsmile sphericalangle sqsubset sqsupset square
    subseteqq subsetneq subsetneqq substack succapprox succcurlyeq succnapprox succneqq
    succnsim succsim supseteqq supsetneq supsetneqq tag tbinom tfrac therefore thickapprox
    thicksim triangledown trianglelefteq triangleq trianglerighteq twoheadleftarrow
    twoheadrightarrow ulcorner unlhd unrhd upharpoonleft upharpoonright upuparrows urcorner
    vDash varDelta varGamma varLambda varOmega varPhi varPi varPsi varSigma varTheta varUpsilon
    varXi varinjlim varkappa varliminf varlimsup varnothing varprojlim varpropto varsubsetneq
    varsubsetneqq varsupsetneq varsupsetneqq vartriangle vartriangleleft vartriangleright
    veebar xleftarrow xrightarrow yen
"""

# Of mathtools, which Anki loads.
MATHTOOLS = """
    Aboxed ArrowBetweenLines Colonapprox Coloneq Coloneqq Colonsim Eqcolon Eqqcolon
    MTFlushSpaceAbove MTFlushSpaceBelow MTThinColon MoveEqLeft adjustlimits bigtimes
    centercolon clap colonapprox coloneq coloneqq colonsim cramped crampedclap crampedllap
    crampedrlap crampedsubstack dblcolon eqcolon eqqcolon lparen mathclap mathllap mathmakebox
    mathmbox mathrlap ndownarrow nuparrow ordinarycolon overbracket prescript refeq rparen
    shortvdotswithin splitdfrac splitfrac textclap textllap textrlap underbracket vdotswithin
    xLeftarrow xLeftrightarrow xRightarrow xhookleftarrow xhookrightarrow xleftharpoondown
    xleftharpoonup xleftrightarrow xleftrightharpoons xmapsto xmathstrut xrightharpoondown
    xrightharpoonup xrightleftharpoons
"""

# Of mhchem: chemistry.
MHCHEM = """
    ce longLeftrightharpoons longRightleftharpoons longleftrightarrows longrightleftharpoons pu
    tripledash xLeftrightharpoons xRightleftharpoons
"""

# Of the packages that MathJax loads when one of their commands is met: action, amscd, boldsymbol,
# braket, bussproofs, cancel, centernot, color, colortbl, empheq, enclose, extpfeil, gensymb,
# textcomp, upgreek, verb. AnkiMobile has none of them.
AUTOLOADED = """
    AXC Axiom AxiomC BIC BinaryInf BinaryInfC Bra Braket Ket Ketbra LL LeftLabel QuaternaryInf
    QuaternaryInfC QuinaryInf QuinaryInfC RL RightLabel Set TIC TrinaryInf TrinaryInfC UIC
    UnaryInf UnaryInfC Updelta Upgamma Uplambda Upomega Upphi Uppi Uppsi Upsigma Uptheta
    Upupsilon Upxi alwaysDashedLine alwaysNoLine alwaysRootAtBottom alwaysRootAtTop
    alwaysSingleLine alwaysSolidLine bcancel boldsymbol bra braket cancel cancelto cellcolor
    celsius centerOver centernot color colorbox columncolor dashedLine degree empheqbigl
    empheqbiglVert empheqbiglangle empheqbiglbrace empheqbiglbrack empheqbiglceil
    empheqbiglfloor empheqbiglparen empheqbiglvert empheqbigr empheqbigrVert empheqbigrangle
    empheqbigrbrace empheqbigrbrack empheqbigrceil empheqbigrfloor empheqbigrparen
    empheqbigrvert empheql empheqlVert empheqlangle empheqlbrace empheqlbrack empheqlceil
    empheqlfloor empheqlparen empheqlvert empheqr empheqrVert empheqrangle empheqrbrace
    empheqrbrack empheqrceil empheqrfloor empheqrparen empheqrvert enclose fCenter fcolorbox
    ket ketbra mathtip micro minCDarrowheight minCDarrowwidth noLine ohm perthousand
    rootAtBottom rootAtTop rowcolor set singleLine solidLine textacutedbl textasciiacute
    textasciibreve textasciicaron textasciicircum textasciidieresis textasciimacron
    textasciitilde textasteriskcentered textbackslash textbaht textbar textbardbl textbigcircle
    textblank textborn textbraceleft textbraceright textbrokenbar textbullet textcelsius
    textcent textcentoldstyle textcircledP textcolonmonetary textcolor textcompwordmark
    textcopyleft textcopyright textcurrency textdagger textdaggerdbl textdegree textdied
    textdiscount textdiv textdivorced textdollar textdollaroldstyle textdong textdownarrow
    texteightoldstyle textellipsis textemdash textendash textestimated texteuro textexclamdown
    textfiveoldstyle textflorin textfouroldstyle textfractionsolidus textgravedbl textgreater
    textguarani textinterrobang textinterrobangdown textlangle textlbrackdbl textleftarrow
    textless textlira textlnot textlquill textmarried textmho textminus textmu textmusicalnote
    textnaira textnineoldstyle textnumero textohm textonehalf textoneoldstyle textonequarter
    textonesuperior textopenbullet textordfeminine textordmasculine textparagraph
    textperiodcentered textpertenthousand textperthousand textpeso textpm textquestiondown
    textquotedblleft textquotedblright textquoteleft textquoteright textrangle textrbrackdbl
    textrecipe textreferencemark textregistered textrightarrow textrquill textsection
    textservicemark textsevenoldstyle textsixoldstyle textsterling textsurd textthreeoldstyle
    textthreequarters textthreesuperior texttildelow texttimes texttip texttrademark
    texttwooldstyle texttwosuperior textunderscore textuparrow textvisiblespace textwon textyen
    textzerooldstyle toggle upalpha upbeta upchi updelta upepsilon upeta upgamma upiota upkappa
    uplambda upmu upnu upomega upomicron upphi uppi uppsi uprho upsigma uptau uptheta upupsilon
    upvarepsilon upvarphi upvarpi upvarrho upvarsigma upvartheta upxi upzeta verb xcancel
    xlongequal xtofrom xtwoheadleftarrow xtwoheadrightarrow
"""

# Of physics, which draws only behind \require{physics}.
PHYSICS = """
    Bqty PV Pmqty Probability Res Residue Tr Trace abs absolutevalue acomm acos acosecant
    acosine acot acotangent acsc admat anticommutator antidiagonalmatrix arccosecant arccosine
    arccot arccotangent arccsc arcsec arcsecant arcsine arctangent asec asecant asin asine atan
    atangent bmqty bqty comm commutator cosecant cosine cotangent cp cross crossproduct csch
    curl dd derivative determinant diagonalmatrix diffd differential divergence dmat dotproduct
    dv dyad erf ev eval evaluated expectationvalue exponential expval fderivative fdv flatfrac
    functionalderivative grad gradient gradientnabla hypcosecant hypcosine hypcotangent
    hypsecant hypsine hyptangent identitymatrix imaginary imat innerproduct ip laplacian
    logarithm matrixdeterminant matrixel matrixelement matrixquantity mdet mel mqty
    naturallogarithm norm op order outerproduct partialderivative paulimatrix pb pderivative
    pdv pmat pmqty poissonbracket pqty principalvalue pv qall qand qas qassume qc qcc qcomma
    qelse qeven qfor qgiven qif qin qinteger qlet qodd qor qotherwise qq qqtext qsince qthen
    qty quantity qunless qusing rank real sPmqty sbmqty secant sech sine smallmatrixquantity
    smdet smqty spmqty svmqty tangent tr trace va var variation vb vdot vectorarrow vectorbold
    vectorunit vmqty vnabla vqty vu xmat xmatrix zeromatrix zmat
"""

# Environments of all of them.
ENVIRONMENTS = """
    Bmatrix Bmatrix* Bsmallmatrix Bsmallmatrix* CD Vmatrix Vmatrix* Vsmallmatrix Vsmallmatrix*
    align align* alignat alignat* aligned alignedat array bmatrix bmatrix* bsmallmatrix
    bsmallmatrix* cases cases* crampedsubarray dcases dcases* drcases drcases* empheq eqnarray
    eqnarray* equation equation* flalign flalign* gather gather* gathered lgathered matrix
    matrix* multline multline* multlined numcases pmatrix pmatrix* prooftree psmallmatrix
    psmallmatrix* rcases rcases* rgathered smallmatrix smallmatrix* split spreadlines subarray
    subnumcases vmatrix vmatrix* vsmallmatrix vsmallmatrix* xalignat xalignat* xxalignat
"""

# Commands that notes have from other programs, and what to write for MathJax.
INSTEAD = {
    "bm": r"\boldsymbol",
    "mathbold": r"\boldsymbol",
    "infin": r"\infty",
    "R": r"\mathbb{R}",
    "N": r"\mathbb{N}",
    "Z": r"\mathbb{Z}",
    "E": r"\mathbb{E}",
    "argmax": r"\operatorname*{argmax}",
    "argmin": r"\operatorname*{argmin}",
    "softmax": r"\operatorname{softmax}",
    "sgn": r"\operatorname{sgn}",
    "sign": r"\operatorname{sign}",
    "diag": r"\operatorname{diag}",
    "tr": r"\operatorname{tr}",
    "rank": r"\operatorname{rank}",
    "intertext": r"\text",
    "textsc": r"\text",
    "emph": r"\textit",
    "mathds": r"\mathbb",
    "bbm": r"\mathbb",
    "mathbbm": r"\mathbb",
    "slashed": r"\not",
    "iddots": r"\ddots",
    "abs": r"\lvert x \rvert",
    "norm": r"\lVert x \rVert",
    "vspace": r"\\\\",
}
